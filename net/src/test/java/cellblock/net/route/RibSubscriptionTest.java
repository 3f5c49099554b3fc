package cellblock.net.route;

import static cellblock.net.route.RibSubscription.When.DELAYED;
import static cellblock.net.route.RibSubscription.When.IMMEDIATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told what, when, and in which order. */
class RibSubscriptionTest {
  private RouteLab lab;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void start() throws ErrnoException {
    lab = new RouteLab(1);
    lab.ifnet("192.0.2.1/24");
  }

  private RibSubscription subscribe(RibSubscription.When when, String who) throws ErrnoException {
    return lab.call(() -> lab.rib().subscribe(when, who, c -> log.add(who + " " + c)));
  }

  private void addInTurn(String prefix) throws ErrnoException {
    lab.rib().add(RouteLab.via(prefix, "192.0.2.254"));
    log.add("added " + prefix);
  }

  @Test
  void immediate_subscribers_are_told_in_the_turn_and_delayed_ones_after_it_in_order()
      throws ErrnoException {
    subscribe(DELAYED, "later");
    subscribe(IMMEDIATE, "now");
    lab.turn(() -> {
      addInTurn("10.0.0.0/8");
      addInTurn("10.1.0.0/16");
      lab.rib().delete(RouteSpec.to(IpPrefix.parse("10.0.0.0/8")));
    });
    lab.sim.stepper().settle();
    assertThat(log)
        .containsExactly(
            "now ADD 10.0.0.0/8",
            "added 10.0.0.0/8",
            "now ADD 10.1.0.0/16",
            "added 10.1.0.0/16",
            "now DELETE 10.0.0.0/8",
            "later ADD 10.0.0.0/8",
            "later ADD 10.1.0.0/16",
            "later DELETE 10.0.0.0/8");
  }

  @Test
  void an_immediate_subscriber_finds_the_change_in_the_fib_already() throws ErrnoException {
    List<Boolean> found = new ArrayList<>();
    lab.turn(() ->
        lab.rib()
            .subscribe(
                IMMEDIATE,
                "x",
                c -> {
                  boolean there = c.prefix() != null && c.rib().fib().exact(c.prefix()) != null;
                  found.add(there == (c.after() != null));
                  assertThat(c.generation()).isEqualTo(c.rib().generation());
                }));
    lab.add("10.0.0.0/8", "192.0.2.254");
    lab.add("10.0.0.0/8", "192.0.2.253");
    lab.turn(() -> lab.rib().delete(RouteLab.via("10.0.0.0/8", "192.0.2.254")));
    lab.delete("10.0.0.0/8");
    assertThat(found).containsExactly(true, true, true, true);
  }

  @Test
  void closing_comes_last_and_after_everything_that_was_delayed() throws ErrnoException {
    RibSubscription later = subscribe(DELAYED, "later");
    RibSubscription now = subscribe(IMMEDIATE, "now");
    lab.turn(() -> {
      addInTurn("10.0.0.0/8");
      lab.tables.close();
    });
    lab.sim.stepper().settle();
    assertThat(log)
        .containsExactly(
            "now ADD 10.0.0.0/8",
            "added 10.0.0.0/8",
            "later ADD 10.0.0.0/8",
            "later CLOSING",
            "now CLOSING");
    assertThat(List.of(later, now))
        .allMatch(s -> s.state() == RibSubscription.State.CLOSED && s.unsubscribe());
    assertThat(lab.jail.ledger().count(LedgerKind.SUBSCRIPTION)).isZero();
  }

  @Test
  void nothing_comes_after_unsubscribing_not_even_what_was_delayed() throws ErrnoException {
    RibSubscription later = subscribe(DELAYED, "later");
    lab.turn(() -> {
      addInTurn("10.0.0.0/8");
      assertThat(later.unsubscribe()).isTrue();
      assertThat(later.unsubscribe()).isTrue();
    });
    lab.sim.stepper().settle();
    assertThat(log).containsExactly("added 10.0.0.0/8");
    assertThat(lab.jail.ledger().count(LedgerKind.SUBSCRIPTION)).isZero();
  }

  @Test
  void a_new_subscriber_is_not_told_of_what_was_before_it() throws ErrnoException {
    subscribe(DELAYED, "old");
    lab.turn(() -> {
      addInTurn("10.0.0.0/8");
      lab.rib().subscribe(DELAYED, "new", c -> log.add("new " + c));
      addInTurn("10.1.0.0/16");
    });
    lab.sim.stepper().settle();
    assertThat(log)
        .containsExactly(
            "added 10.0.0.0/8",
            "added 10.1.0.0/16",
            "old ADD 10.0.0.0/8",
            "old ADD 10.1.0.0/16",
            "new ADD 10.1.0.0/16");
  }

  @Test
  void unsubscribing_from_the_callback_says_so_and_ends_it() throws ErrnoException {
    RibSubscription[] mine = new RibSubscription[1];
    lab.turn(() ->
        mine[0] =
            lab.rib()
                .subscribe(
                    IMMEDIATE, "once", c -> log.add("once " + c + " " + mine[0].unsubscribe())));
    subscribe(IMMEDIATE, "next");
    lab.add("10.0.0.0/8", "192.0.2.254");
    lab.add("10.1.0.0/16", "192.0.2.254");
    assertThat(log)
        .containsExactly(
            "once ADD 10.0.0.0/8 false", "next ADD 10.0.0.0/8", "next ADD 10.1.0.0/16");
    assertThat(mine[0].unsubscribe()).isTrue();
  }

  @Test
  void unsubscribing_in_the_closing_callback_is_legal() throws ErrnoException {
    RibSubscription[] mine = new RibSubscription[1];
    lab.turn(() ->
        mine[0] =
            lab.rib()
                .subscribe(
                    DELAYED,
                    "gif0",
                    c ->
                        log.add(
                            c.command() == RibChange.Command.CLOSING
                                ? c + " " + mine[0].unsubscribe()
                                : c.toString())));
    lab.shutdown();
    assertThat(log).containsExactly("DELETE 192.0.2.0/24", "CLOSING false");
    assertThat(lab.strays()).isEmpty();
    assertThat(lab.destroy()).isEmpty();
  }

  @Test
  void a_change_made_in_a_callback_is_told_to_all_in_the_same_order() throws ErrnoException {
    lab.turn(() ->
        lab.rib()
            .subscribe(
                IMMEDIATE,
                "first",
                c -> {
                  log.add("first " + c);
                  if (c.prefix() != null && c.prefix().length() == 8) {
                    try {
                      lab.rib().add(RouteLab.via("10.1.0.0/16", "192.0.2.254"));
                    } catch (ErrnoException e) {
                      throw new AssertionError(e);
                    }
                  }
                }));
    subscribe(IMMEDIATE, "second");
    lab.add("10.0.0.0/8", "192.0.2.254");
    assertThat(log)
        .containsExactly(
            "first ADD 10.0.0.0/8",
            "second ADD 10.0.0.0/8",
            "first ADD 10.1.0.0/16",
            "second ADD 10.1.0.0/16");
  }

  @Test
  void a_purge_is_told_route_by_route_when_all_are_out() throws ErrnoException {
    lab.add("10.0.0.0/8", "192.0.2.254");
    lab.turn(() ->
        lab.rib()
            .subscribe(IMMEDIATE, "x", c -> log.add(c + " of " + c.rib().fib().size() + " left")));
    lab.turn(() -> lab.tables.purge(lab.rib().nexthops().iterator().next().ifnet()));
    assertThat(log).containsExactly("DELETE 10.0.0.0/8 of 0 left", "DELETE 192.0.2.0/24 of 0 left");
  }

  @Test
  void a_closed_rib_and_a_dying_vnet_take_no_subscribers() throws ErrnoException {
    lab.shutdown();
    ErrnoException refused =
        catchThrowableOfType(ErrnoException.class, () -> subscribe(IMMEDIATE, "late"));
    assertThat(refused.errno()).isEqualTo(Errno.EBUSY);
  }
}
