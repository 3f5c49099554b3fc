package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.IfDestroy;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpPrefix;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A table as large as the Internet's: what it costs in the ledger, and that all of it goes away.
 */
class FullTableTest {
  private static final int ROUTES = 900_000;
  private static final int GATEWAYS = 50;

  /** Loads the table in one turn; the lengths are spread as in a global one, mostly /24. */
  private static void load(RouteLab lab, int routes) throws ErrnoException {
    SplittableRandom random = new SplittableRandom(5);
    Rib rib = lab.rib();
    lab.turn(() -> {
      while (rib.fib().size() < routes) {
        int bits = random.nextInt(0x0100_0000, 0x7000_0000) << 1;
        int length = random.nextInt(10) < 6 ? 24 : random.nextInt(16, 24);
        IpPrefix p = new IpPrefix(new Ip4Address(bits), length).canonical();
        if (rib.fib().tree().exact(p.address().hi(), 0, length) == null) {
          Ip4Address gateway = new Ip4Address(0xc0000202 + random.nextInt(GATEWAYS));
          rib.add(RouteSpec.to(p).via(gateway));
        }
      }
    });
  }

  @Test
  void a_full_table_costs_a_line_in_the_ledger_and_a_nexthop_a_gateway() throws ErrnoException {
    RouteLab lab = new RouteLab(1);
    lab.ifnet("192.0.2.1/24");
    int before = lab.jail.ledger().total();
    load(lab, ROUTES);
    assertThat(lab.rib().fib().size()).isEqualTo(ROUTES);
    assertThat(lab.rib().nexthops()).hasSize(GATEWAYS + 1);
    assertThat(lab.jail.ledger().total()).isEqualTo(before + GATEWAYS);
    RouteCache cache = new RouteCache(lab.tables, "pcb");
    lab.turn(() -> cache.get(0, Family.INET, 0xc000020700000000L, 0, 0));

    lab.shutdown();
    assertThat(lab.rib().fib().size()).isZero();
    assertThat(lab.strays()).isEmpty();
    assertThat(lab.destroy()).isEmpty();
    assertThat(lab.jail.ledger().total()).isZero();
    assertThat(lab.residue()).isEmpty();
  }

  @Test
  void a_large_table_goes_with_the_interface_that_reaches_its_gateways() throws ErrnoException {
    RouteLab lab = new RouteLab(1);
    lab.ifnet("192.0.2.1/24");
    load(lab, ROUTES / 10);
    lab.sim.stepper().run(new IfDestroy(lab.jail, "tst0"));
    assertThat(lab.rib().fib().size()).isZero();
    assertThat(lab.jail.ledger().count(LedgerKind.ROUTE)).isZero();
    assertThat(lab.jail.ledger().count(LedgerKind.NEXTHOP)).isZero();
  }
}
