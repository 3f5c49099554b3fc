package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What ifconfig and sysctl say of checksums and large segments that are left to a link. */
class OffloadLabTest {
  @Test
  void an_epair_prints_as_freebsds_until_offload_is_asked_for() {
    try (Lab lab = new Lab(4)) {
      lab.pair("a", "b");
      assertThat(lab.ok("jexec a ifconfig epair0a")).contains("\toptions=8<VLAN_MTU>\n");
      assertThat(lab.ok("jexec a ifconfig -m epair0a"))
          .contains(
              "\tcapabilities=60030b<RXCSUM,TXCSUM,VLAN_MTU,TSO4,TSO6,RXCSUM_IPV6,TXCSUM_IPV6>\n");
      lab.ok("jexec a ifconfig epair0a txcsum tso");
      assertThat(lab.ok("jexec a ifconfig epair0a"))
          .contains("\toptions=30a<TXCSUM,VLAN_MTU,TSO4,TSO6>\n");
      lab.ok("jexec a ifconfig epair0a -txcsum -tso lro");
      assertThat(lab.ok("jexec a ifconfig epair0a")).contains("\toptions=8<VLAN_MTU>\n");
      assertThat(lab.ok("jexec a sysctl net.inet.tcp.tso")).isEqualTo("net.inet.tcp.tso: 1\n");
      lab.all("jail -r a\njail -r b");
    }
  }
}
