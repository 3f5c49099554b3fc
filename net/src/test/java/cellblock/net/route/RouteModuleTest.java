package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What routing adds to every vnet: tables, sysctls, messages. */
class RouteModuleTest {
  private RouteLab lab;

  @BeforeEach
  void start() throws ErrnoException {
    lab = new RouteLab(1);
  }

  @Test
  void every_vnet_has_tables_of_its_own_until_it_is_destroyed() throws ErrnoException {
    RouteTables host = RouteTables.of(lab.sim.machine().vnet0());
    lab.ifnet("192.0.2.1/24");
    assertThat(host).isNotSameAs(lab.tables);
    assertThat(host.lookup4(0, 0xc0000207, 0)).isNull();
    assertThat(lab.tables.fibs()).isEqualTo(1);
    lab.shutdown();
    lab.destroy();
    assertThatThrownBy(() -> RouteTables.of(lab.jail)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void net_fibs_grows_and_each_fib_routes_for_itself() throws ErrnoException {
    assertThat(lab.sysctl("net.fibs")).isEqualTo("1");
    lab.sysctl("net.fibs", "2");
    assertThat(lab.sysctl("net.fibs")).isEqualTo("2");
    Ifnet tst0 = lab.ifnet("192.0.2.1/24");
    assertThat(lab.tables.lookup4(1, 0xc0000207, 0)).isNull();
    lab.turn(() -> tst0.setFib(1, lab.tables.fibs()));
    lab.turn(() -> lab.addAddress(tst0, "198.51.100.1/24"));
    assertThat(lab.tables.lookup4(1, 0xc6336407, 0).ifnet()).isSameAs(tst0);
    assertThat(lab.tables.lookup4(0, 0xc6336407, 0)).isNull();
    ErrnoException fewer =
        catchThrowableOfType(ErrnoException.class, () -> lab.sysctl("net.fibs", "1"));
    assertThat(fewer.errno()).isEqualTo(Errno.ENOTCAPABLE);
  }

  @Test
  void add_addr_allfibs_puts_interface_routes_everywhere_and_takes_them_back()
      throws ErrnoException {
    lab.sysctl("net.fibs", "3");
    lab.sysctl("net.add_addr_allfibs", "1");
    Ifnet tst0 = lab.ifnet("192.0.2.1/24");
    for (int fib = 0; fib < 3; fib++) {
      assertThat(lab.tables.lookup4(fib, 0xc0000207, 0).ifnet()).isSameAs(tst0);
    }
    lab.turn(() ->
        lab.tables.ifAddressRoute(false, tst0.addresses()[0], IpPrefix.parse("192.0.2.0/24")));
    for (int fib = 0; fib < 3; fib++) {
      assertThat(lab.tables.lookup4(fib, 0xc0000207, 0)).isNull();
    }
  }

  @Test
  void multipath_can_be_switched_off() throws ErrnoException {
    lab.ifnet("192.0.2.1/24");
    assertThat(lab.sysctl("net.route.multipath")).isEqualTo("1");
    lab.sysctl("net.route.multipath", "0");
    lab.add("10.0.0.0/8", "192.0.2.254");
    ErrnoException second =
        catchThrowableOfType(ErrnoException.class, () -> lab.add("10.0.0.0/8", "192.0.2.253"));
    assertThat(second.errno()).isEqualTo(Errno.EEXIST);
  }

  @Test
  void a_listener_hears_of_interfaces_addresses_and_missing_routes() throws ErrnoException {
    List<String> heard = new ArrayList<>();
    var listening =
        lab.call(() -> lab.tables.messages().listen("monitor", m -> heard.add(m.type().text())));
    Ifnet tst0 = lab.ifnet("192.0.2.1/24");
    assertThat(heard).containsExactly("RTM_IFANNOUNCE", "RTM_IFINFO", "RTM_NEWADDR", "RTM_ADD");
    heard.clear();
    lab.turn(() -> lab.tables.miss(0, IpAddress.parse("203.0.113.1")));
    lab.turn(tst0::down);
    assertThat(heard).startsWith("RTM_MISS", "RTM_IFINFO");
    heard.clear();
    lab.sim.stepper().run(new IfDestroy(lab.jail, "tst0"));
    assertThat(heard).contains("RTM_DELADDR").endsWith("RTM_IFANNOUNCE");
    heard.clear();
    lab.turn(listening::close);
    lab.turn(listening::close);
    lab.turn(() -> lab.tables.miss(0, IpAddress.parse("203.0.113.1")));
    assertThat(heard).isEmpty();
  }

  @Test
  void lookups_by_int_and_by_key_agree() throws ErrnoException {
    lab.ifnet("192.0.2.1/24");
    IpAddress a = IpAddress.parse("192.0.2.7");
    assertThat(lab.tables.lookup(0, Family.INET, a.hi(), a.lo(), 0))
        .isSameAs(lab.tables.lookup4(0, 0xc0000207, 0))
        .isNotNull();
  }
}
