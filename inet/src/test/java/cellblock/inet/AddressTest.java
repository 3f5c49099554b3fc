package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.ip.InAddress;
import cellblock.kern.errno.Errno;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfFlags;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Addresses, and the routes that come and go with them. */
class AddressTest {
  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");

  private List<String> routes() {
    return rig.in(
        v,
        () -> {
          List<String> all = new ArrayList<>();
          rig.inet(v)
              .ip
              .routes
              .rib(0, Family.INET)
              .fib()
              .forEach(e ->
                  all.add(
                      e.prefix() + " " + e.target().paths().getFirst().nexthop().ifnet().name()));
          return all;
        });
  }

  private InAddress add(String address, int length, boolean alias) {
    return rig.in(
        v,
        () ->
            rig.inet(v)
                .control
                .add(link.ifp, Ip4Address.parse(address), length, null, null, alias));
  }

  private void delete(String address) {
    rig.in(
        v,
        () -> {
          rig.inet(v).control.delete(link.ifp, Ip4Address.parse(address));
          return 0;
        });
  }

  @Test
  void an_address_brings_the_interface_up_with_its_prefix_and_itself_by_lo0() {
    add("192.0.2.1", 24, true);
    assertThat(link.ifp.flags() & IfFlags.UP).isNotZero();
    assertThat(routes()).containsExactlyInAnyOrder("192.0.2.0/24 em0", "192.0.2.1/32 lo0");
    assertThat(rig.in(v, () -> v.ledger().count(LedgerKind.ADDRESS))).isEqualTo(1);
    delete("192.0.2.1");
    assertThat(routes()).isEmpty();
    assertThat(rig.in(v, () -> v.ledger().count(LedgerKind.ADDRESS))).isZero();
  }

  @Test
  void without_a_length_the_class_decides() {
    InAddress a = add("10.1.2.3", -1, true);
    assertThat(a.prefixLength()).isEqualTo(8);
    assertThat(a.broadcast()).isEqualTo(Ip4Address.parse("10.255.255.255").bits());
    assertThat(add("172.16.0.1", -1, true).prefixLength()).isEqualTo(16);
    assertThat(add("192.168.0.1", -1, true).prefixLength()).isEqualTo(24);
  }

  @Test
  void a_second_address_of_the_prefix_takes_over_its_route() {
    add("192.0.2.1", 24, true);
    add("192.0.2.2", 24, true);
    delete("192.0.2.1");
    assertThat(routes()).containsExactlyInAnyOrder("192.0.2.0/24 em0", "192.0.2.2/32 lo0");
  }

  @Test
  void without_alias_the_primary_one_is_replaced() {
    add("192.0.2.1", 24, true);
    add("198.51.100.1", 24, true);
    add("203.0.113.1", 24, false);
    assertThat(
            Arrays.stream(
                    rig.in(v, () -> rig.inet(v).ip.addresses.list().toArray(InAddress[]::new)))
                .map(a -> Ip4Address.toString(a.address())))
        .containsExactly("198.51.100.1", "203.0.113.1");
  }

  @Test
  void what_cannot_be_is_refused_and_nothing_changes() {
    add("192.0.2.1", 24, true);
    assertThat(
            rig.refusal(
                v,
                () ->
                    rig.inet(v)
                        .control
                        .add(link.ifp, Ip4Address.parse("224.0.0.5"), 24, null, null, false)))
        .isEqualTo(Errno.EINVAL);
    assertThat(
            rig.refusal(
                v,
                () -> {
                  rig.inet(v).control.delete(link.ifp, Ip4Address.parse("192.0.2.9"));
                  return 0;
                }))
        .isEqualTo(Errno.EADDRNOTAVAIL);
    assertThat(routes()).hasSize(2);
  }

  @Test
  void an_interface_that_goes_down_takes_its_routes_and_brings_them_back() {
    add("192.0.2.1", 24, true);
    rig.in(
        v,
        () -> {
          link.ifp.setFlags(0, IfFlags.UP);
          return 0;
        });
    assertThat(routes()).isEmpty();
    rig.up(v, "em0");
    assertThat(routes()).containsExactlyInAnyOrder("192.0.2.0/24 em0", "192.0.2.1/32 lo0");
  }

  @Test
  void loopback_has_a_host_route() {
    rig.address(v, "lo0", "127.0.0.1/8");
    assertThat(routes()).containsExactly("127.0.0.1/32 lo0");
  }
}
