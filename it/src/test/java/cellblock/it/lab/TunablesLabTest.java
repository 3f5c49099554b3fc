package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the kernel is booted with: the host's nodes and those of each vnet. */
class TunablesLabTest {
  private static final long SEED = 20261121;

  @Test
  void tunables_seed_the_host_and_every_vnet() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("net.inet.ip.forwarding", "1");
    environment.put("net.inet.ip.ttl", "300");
    environment.put("net.inet6.ip6.hlim", "33");
    environment.put("nobody.knows", "this");
    try (Lab lab = Lab.tunables(SEED, environment)) {
      assertThat(lab.ok("sysctl -n net.inet.ip.forwarding net.inet.ip.ttl")).isEqualTo("1\n64\n");
      assertThat(lab.ok("dmesg")).contains("tunable net.inet.ip.ttl=300: ");
      assertThat(lab.ok("kenv nobody.knows")).isEqualTo("this\n");
      assertThat(lab.ok("kenv -N")).startsWith("net.inet.ip.forwarding\n");
      lab.ok("sysctl net.inet.ip.forwarding=0");
      lab.ok("jail -c name=a vnet persist");
      assertThat(lab.ok("jexec a sysctl -n net.inet.ip.forwarding")).isEqualTo("1\n");
      assertThat(lab.ok("sysctl -n net.inet6.ip6.hlim net.inet.ip.forwarding"))
          .isEqualTo("33\n0\n");
      assertThat(lab.ok("jexec a sysctl -n net.inet6.ip6.hlim")).isEqualTo("33\n");
      lab.ok("jail -r a");
    }
  }
}
