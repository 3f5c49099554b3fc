package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.saga.Saga;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bpf.BpfDescriptor;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfDestroy;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfHandle;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.IfMulticast;
import cellblock.net.ifnet.IfRef;
import cellblock.net.ifnet.IfState;
import cellblock.net.ifnet.IfTap;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class InterfaceLifeTest {
  private final Rig rig = new Rig();

  private Errno refused(Vnet vnet, Callable<?> work) {
    try {
      vnet.call(work);
      return null;
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  private interface Setting {
    void run() throws ErrnoException;
  }

  private Errno refused(Setting s) {
    return refused(
        rig.host,
        () -> {
          s.run();
          return 0;
        });
  }

  @Test
  void every_vnet_has_a_lo0_that_is_down() {
    Vnet jail = rig.vnet("j");
    assertThat(rig.names(jail)).containsExactly("lo0");
    Ifnet lo = Interfaces.of(jail).loopback();
    assertThat(lo.flags()).isEqualTo(0x8008);
    assertThat(lo.mtu()).isEqualTo(16384);
    assertThat(lo.capEnabled()).isEqualTo(0x680003);
    assertThat(lo.groups()).containsExactly("all", "lo");
    rig.up(lo);
    assertThat(lo.flags()).isEqualTo(0x8009);
    rig.in(
        jail,
        () -> {
          lo.addAddress(new IfAddress(lo, Family.INET, 0x7f00_0001L << 32, 0, 8));
          return 0;
        });
    assertThat(lo.flags()).isEqualTo(0x8049);
  }

  @Test
  void what_goes_out_by_lo0_comes_in_by_lo0_in_a_later_turn() {
    Ifnet lo = Interfaces.of(rig.host).loopback();
    rig.up(lo);
    long before =
        rig.in(
            rig.host,
            () -> {
              for (int i = 0; i < 100; i++) {
                Rig.sendInTurn(rig.host, lo, 40);
              }
              return CountingModule.V_COUNT.of(rig.host).packets;
            });
    assertThat(before).isZero();
    assertThat(rig.received(rig.host)).isEqualTo(100);
  }

  @Test
  void the_lowest_free_index_is_given_first() {
    Ifnet a = rig.create(rig.host, "lo");
    Ifnet b = rig.create(rig.host, "lo");
    assertThat(b.index()).isEqualTo(a.index() + 1);
    rig.run(rig.destroy(rig.host, a.name()));
    assertThat(rig.create(rig.vnet("j"), "lo").index()).isIn(a.index(), a.index() + 2);
    assertThat(Interfaces.of(rig.host).byIndex(b.index())).isSameAs(b);
  }

  @Test
  void settings_are_refused_as_freebsd_does() {
    Ifnet ifp = rig.create(rig.host, "epair");
    Ifnet lo = Interfaces.of(rig.host).loopback();
    assertThat(refused(() -> ifp.setMtu(71))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> ifp.setMtu(65536))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> ifp.setMtu(9000))).isNull();
    assertThat(refused(() -> ifp.setFib(1, 1))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> ifp.setDescription("x".repeat(1024)))).isEqualTo(Errno.ENAMETOOLONG);
    assertThat(refused(() -> ifp.setDescription("x".repeat(1023)))).isNull();
    assertThat(refused(() -> ifp.setCapabilities(IfCap.LRO, 0))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> lo.setLladdr(2))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> ifp.setLladdr(0x02_0000_0000_01L))).isNull();
    assertThat(refused(() -> ifp.addGroup("g1"))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> ifp.addGroup("wan"))).isNull();
    assertThat(refused(() -> ifp.addGroup("wan"))).isEqualTo(Errno.EEXIST);
    assertThat(refused(() -> ifp.removeGroup("lan"))).isEqualTo(Errno.ENOENT);
    assertThat(Interfaces.of(rig.host).groups().get("wan")).containsExactly(ifp);
    Interfaces here = Interfaces.of(rig.host);
    assertThat(refused(() -> here.rename(ifp, "x".repeat(16)))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> here.rename(ifp, ""))).isEqualTo(Errno.EINVAL);
    assertThat(refused(() -> here.rename(ifp, "lo0"))).isEqualTo(Errno.EEXIST);
    assertThat(refused(() -> here.rename(ifp, ifp.name()))).isNull();
    assertThat(refused(() -> here.rename(ifp, "wan0"))).isNull();
    assertThat(rig.unit(rig.host, "wan0")).isSameAs(ifp);
    assertThat(rig.unit(rig.host, "epair0a")).isNull();
  }

  @Test
  void flags_that_only_the_kernel_sets_stay_as_they_are() {
    Ifnet ifp = rig.create(rig.host, "epair");
    assertThat(
            refused(() ->
                ifp.setFlags(IfFlags.LOOPBACK | IfFlags.UP | IfFlags.LINK0, IfFlags.BROADCAST)))
        .isNull();
    assertThat(ifp.flags())
        .isEqualTo(
            IfFlags.UP
                | IfFlags.BROADCAST
                | IfFlags.RUNNING
                | IfFlags.SIMPLEX
                | IfFlags.MULTICAST
                | IfFlags.LINK0);
    assertThat(refused(() -> ifp.setFlags(IfFlags.PPROMISC, 0))).isNull();
    assertThat(ifp.flags() & (IfFlags.PROMISC | IfFlags.PPROMISC)).isEqualTo(0x20100);
    assertThat(refused(() -> ifp.setFlags(0, IfFlags.PPROMISC | IfFlags.UP))).isNull();
    assertThat(ifp.flags() & (IfFlags.PROMISC | IfFlags.PPROMISC | IfFlags.UP)).isZero();
  }

  @Test
  void the_first_address_brings_the_interface_up_and_the_ledger_knows_it() {
    Ifnet ifp = rig.create(rig.host, "epair");
    IfAddress a = new IfAddress(ifp, Family.INET, 0xc000_0201L << 32, 0, 24);
    assertThat(refused(() -> ifp.addAddress(a))).isNull();
    assertThat(ifp.flags() & IfFlags.UP).isEqualTo(IfFlags.UP);
    assertThat(a.attached()).isTrue();
    assertThat(a.covers(0xc000_02feL << 32, 0)).isTrue();
    assertThat(a.covers(0xc000_03feL << 32, 0)).isFalse();
    assertThat(ifp.address(Family.INET, 0xc000_0201L << 32, 0)).isSameAs(a);
    assertThat(rig.host.ledger().count(LedgerKind.ADDRESS)).isEqualTo(1);
    rig.run(rig.destroy(rig.host, "epair0a"));
    assertThat(a.attached()).isFalse();
    assertThat(rig.host.ledger().count(LedgerKind.ADDRESS)).isZero();
  }

  @Test
  void memberships_are_counted_and_share_the_link_level_filter() {
    Ifnet ifp = rig.create(rig.host, "epair");
    IfMulticast one = rig.in(rig.host, () -> ifp.joinMulticast(Family.INET, 0xe000_0001L << 32, 0));
    IfMulticast same =
        rig.in(rig.host, () -> ifp.joinMulticast(Family.INET, 0xe000_0001L << 32, 0));
    IfMulticast twin =
        rig.in(rig.host, () -> ifp.joinMulticast(Family.INET, 0xe080_0001L << 32, 0));
    assertThat(same).isSameAs(one);
    assertThat(twin.linkGroup()).isSameAs(one.linkGroup());
    assertThat(ifp.acceptsMulticast(0x0100_5e00_0001L)).isTrue();
    rig.in(
        rig.host,
        () -> {
          ifp.leaveMulticast(one);
          ifp.leaveMulticast(one);
          return 0;
        });
    assertThat(ifp.acceptsMulticast(0x0100_5e00_0001L)).isTrue();
    rig.in(
        rig.host,
        () -> {
          ifp.leaveMulticast(twin);
          return 0;
        });
    assertThat(ifp.acceptsMulticast(0x0100_5e00_0001L)).isFalse();
    assertThat(rig.host.ledger().count(LedgerKind.MULTICAST)).isZero();
  }

  @Test
  void a_departure_is_told_while_the_family_still_has_its_data_and_after_the_addresses_went() {
    Ifnet ifp = rig.create(rig.host, "epair");
    List<String> events = CountingModule.V_COUNT.of(rig.host).events;
    assertThat(refused(() -> ifp.addAddress(new IfAddress(ifp, Family.INET, 1L << 32, 0, 32))))
        .isNull();
    events.clear();
    rig.run(rig.destroy(rig.host, "epair0b"));
    assertThat(events)
        .containsExactly("epair0a DOWN", "epair0a -1", "epair0a DEPARTURE", "epair0b DEPARTURE");
  }

  @Test
  void both_ends_die_together_from_whichever_vnet_is_asked() {
    Vnet j1 = rig.vnet("j1");
    Vnet j2 = rig.vnet("j2");
    int before = rig.indicesInUse();
    Ifnet a = rig.create(rig.host, "epair");
    rig.run(rig.lend("epair0a", j1));
    Ifnet b = rig.run(rig.lend("epair0b", j2));
    rig.up(a);
    rig.up(b);
    rig.run(rig.destroy(j2, "epair0b"));
    assertThat(a.state()).isEqualTo(IfState.DEAD);
    assertThat(b.state()).isEqualTo(IfState.DEAD);
    assertThat(rig.names(j1)).containsExactly("lo0");
    assertThat(rig.names(j2)).containsExactly("lo0");
    assertThat(rig.indicesInUse()).isEqualTo(before);
    assertThat(rig.create(j1, "epair").name()).isEqualTo("epair0a");
    assertThat(rig.run(rig.removal(j1))).isEmpty();
    assertThat(rig.run(rig.removal(j2))).isEmpty();
  }

  @Test
  void a_move_leaves_everything_behind_but_name_index_and_home() throws Exception {
    Vnet jail = rig.vnet("j");
    rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    assertThat(refused(() -> b.addAddress(new IfAddress(b, Family.INET, 1L << 32, 0, 32))))
        .isNull();
    assertThat(refused(() -> b.addGroup("wan"))).isNull();
    rig.listen(b);
    int index = b.index();
    IfHandle handle = b.handle();
    assertThat(rig.run(rig.lend("epair0b", jail))).isSameAs(b);
    assertThat(b.index()).isEqualTo(index);
    assertThat(b.home()).isSameAs(rig.host);
    assertThat(b.vnet()).isSameAs(jail);
    assertThat(b.addresses()).isEmpty();
    assertThat(b.multicasts()).isEmpty();
    assertThat(b.groups()).containsExactly("all", "epair");
    assertThat(b.flags() & IfFlags.UP).isZero();
    assertThat(handle.resolve(rig.machine)).isNull();
    assertThat(b.handle().resolve(rig.machine)).isSameAs(b);
    assertThat(rig.names(rig.host)).containsExactly("lo0", "epair0a");
    assertThat(rig.names(jail)).containsExactly("lo0", "epair0b");
    assertThat(Interfaces.of(rig.host).byIndex(index)).isNull();
    assertThat(Interfaces.of(jail).attachedByIndex(index)).isSameAs(b);
    assertThat(rig.run(IfMove.reclaim(rig.host, "epair0b", jail))).isSameAs(b);
    assertThat(rig.names(jail)).containsExactly("lo0");
    assertThat(CountingModule.V_COUNT.of(jail).attachedData).isEqualTo(1);
    assertThat(rig.run(rig.removal(jail))).isEmpty();
  }

  @Test
  void moves_are_refused_as_freebsd_does() {
    Vnet jail = rig.vnet("j");
    rig.create(rig.host, "lo");
    rig.create(jail, "lo");
    assertThat(rig.refusal(rig.lend("nosuch0", jail))).isEqualTo(Errno.ENXIO);
    assertThat(rig.refusal(rig.lend("lo1", rig.host))).isEqualTo(Errno.EEXIST);
    assertThat(rig.refusal(rig.lend("lo1", jail))).isEqualTo(Errno.EEXIST);
    assertThat(rig.refusal(rig.lend("lo0", jail))).isEqualTo(Errno.EEXIST);
    assertThat(rig.refusal(IfMove.reclaim(rig.host, "nosuch0", jail))).isEqualTo(Errno.ENXIO);
    assertThat(rig.names(rig.host)).containsExactly("lo0", "lo1");
  }

  @Test
  void a_tap_sees_both_directions_and_is_cut_off_when_the_interface_moves_away() throws Exception {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    rig.up(a);
    rig.up(b);
    List<String> seen = new ArrayList<>();
    IfTap tap =
        new IfTap() {
          @Override
          public void tap(Ifnet ifp, Mbuf m, boolean out) {
            seen.add(ifp + (out ? " out " : " in ") + m.len);
          }

          @Override
          public void departed(Ifnet ifp) {
            seen.add(ifp + " departed");
          }
        };
    assertThat(refused(() -> a.addTap(tap))).isNull();
    assertThat(refused(() -> b.addTap(tap))).isNull();
    rig.send(rig.host, a, 46);
    rig.run(rig.lend("epair0b", jail));
    rig.up(b);
    rig.listen(b);
    rig.send(rig.host, a, 47);
    assertThat(seen)
        .containsExactly("epair0a out 60", "epair0b in 60", "epair0b departed", "epair0a out 61");
    assertThat(rig.received(jail)).isEqualTo(1);
  }

  @Test
  void F8_a_link_state_change_after_detach_does_nothing() {
    Ifnet a = rig.create(rig.host, "epair");
    rig.run(rig.destroy(rig.host, "epair0a"));
    List<String> events = CountingModule.V_COUNT.of(rig.host).events;
    events.clear();
    rig.in(
        rig.host,
        () -> {
          a.linkStateChange(LinkState.DOWN);
          a.driver().plug(a, false);
          return 0;
        });
    assertThat(events).isEmpty();
    assertThat(a.linkState()).isEqualTo(LinkState.UP);
  }

  @Test
  void F20_a_reference_to_an_interface_that_nobody_holds_any_more_fails() {
    Ifnet a = rig.create(rig.host, "epair");
    int index = a.index();
    IfRef ref = a.tryRef();
    assertThat(ref).isNotNull();
    rig.run(rig.destroy(rig.host, "epair0a"));
    assertThat(a.state()).isEqualTo(IfState.DEAD);
    assertThat(rig.create(rig.host, "lo").index()).as("still held").isNotEqualTo(index);
    IfRef second = a.tryRef();
    assertThat(second).isNotNull();
    ref.close();
    second.close();
    assertThat(a.tryRef()).isNull();
    assertThat(rig.create(rig.host, "lo").index()).isEqualTo(index);
  }

  @Test
  void F35_a_handle_never_resolves_in_another_vnet_nor_to_another_interface() {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    IfHandle first = a.handle();
    rig.run(rig.lend("epair0a", jail));
    IfHandle second = a.handle();
    assertThat(first.resolve(rig.machine)).isNull();
    assertThat(second.resolve(rig.machine)).isSameAs(a);
    rig.run(IfMove.reclaim(rig.host, "epair0a", jail));
    assertThat(first.resolve(rig.machine)).as("back where it was is not as it was").isNull();
    assertThat(second.resolve(rig.machine)).isNull();
    IfHandle third = a.handle();
    rig.run(rig.destroy(rig.host, "epair0a"));
    Ifnet next = rig.create(rig.host, "epair");
    assertThat(next.index()).isEqualTo(third.index());
    assertThat(third.resolve(rig.machine)).isNull();
  }

  @Test
  void a_packet_that_waits_for_an_interface_that_has_moved_is_dropped_where_it_waits() {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    rig.up(a);
    rig.up(b);
    rig.listen(b);
    int generation = b.generation();
    rig.run(rig.lend("epair0b", jail));
    rig.up(b);
    rig.listen(b);
    // A sender that looked before the move, and whose frame reaches the new lane after it.
    rig.in(
        rig.host,
        () -> {
          Mbuf m = rig.host.mbufs().alloc(60);
          m.direct(b, generation);
          return jail.lane().offer(m, rig.host.lane());
        });
    assertThat(rig.received(jail)).isZero();
    assertThat(rig.dropped(jail, DropReason.STALE_INTERFACE)).isEqualTo(1);
    assertThat(rig.in(rig.host, () -> rig.host.mbufs().outstanding())).isZero();
  }

  @Test
  void F6_output_finds_no_interface_that_leaves_but_management_still_does() {
    Ifnet a = rig.create(rig.host, "epair");
    rig.up(a);
    IfDestroy destroy = rig.destroy(rig.host, "epair0a");
    while (a.state() == IfState.ATTACHED) {
      destroy.advance();
    }
    assertThat(a.state()).isEqualTo(IfState.DETACHING);
    assertThat(rig.send(rig.host, a, 50)).isEqualTo(Errno.ENXIO);
    assertThat(rig.dropped(rig.host, DropReason.STALE_INTERFACE)).isEqualTo(1);
    assertThat(rig.in(rig.host, () -> Interfaces.of(rig.host).attachedByName("epair0a"))).isNull();
    assertThat(Interfaces.of(rig.host).attachedByIndex(a.index())).isNull();
    assertThat(rig.unit(rig.host, "epair0a")).isSameAs(a);
    assertThat(Interfaces.of(rig.host).byIndex(a.index())).isSameAs(a);
    assertThat(a.afData(Family.INET)).isNotNull();
    assertThat(refused(() -> a.setFlags(IfFlags.UP, 0))).isEqualTo(Errno.ENXIO);
    assertThat(refused(() -> a.setMtu(1400))).isEqualTo(Errno.ENXIO);
    rig.run(destroy);
    assertThat(rig.unit(rig.host, "epair0a")).isNull();
    assertThat(a.afData(Family.INET)).isNull();
  }

  @Test
  void a_failed_move_brings_the_interface_back_up_where_it_was() {
    Vnet jail = rig.vnet("j");
    rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    rig.up(b);
    Saga<Ifnet> move = rig.lend("epair0b", jail);
    while (b.state() != IfState.DETACHED) {
      move.advance();
    }
    assertThat(rig.run(rig.shutGate(jail))).isNotNull(); // the gate shuts in the middle of it
    assertThat(rig.refusal(move)).isEqualTo(Errno.EBUSY);
    assertThat(b.state()).isEqualTo(IfState.ATTACHED);
    assertThat(b.vnet()).isSameAs(rig.host);
    assertThat(b.flags() & IfFlags.UP).isEqualTo(IfFlags.UP);
    assertThat(rig.unit(rig.host, "epair0b")).isSameAs(b);
    assertThat(b.claimant()).isNull();
  }

  @Test
  void F24_a_capture_ends_when_its_interface_moves_into_a_jail() {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    rig.up(a);
    rig.up(b);
    BpfDescriptor bpf = rig.in(rig.host, () -> BpfDescriptor.open(b, 20, 2, true));
    assertThat(b.flags() & IfFlags.PROMISC).isEqualTo(IfFlags.PROMISC);
    assertThat(rig.host.ledger().strays().toString()).contains("HOOK tap on epair0b");
    for (int i = 0; i < 3; i++) {
      rig.send(rig.host, a, 50 + i);
    }
    BpfDescriptor.Captured first = bpf.poll();
    assertThat(first.length()).isEqualTo(64);
    assertThat(first.bytes())
        .hasSize(20)
        .startsWith(1, 0, 0x5e, 0, 0, 1)
        .containsSequence(8, 0, 0x45);
    assertThat(first.out()).isFalse();
    assertThat(bpf.received()).isEqualTo(3);
    assertThat(bpf.dropped()).isEqualTo(1);
    rig.run(rig.lend("epair0b", jail));
    assertThat(bpf.isOpen()).isFalse();
    assertThat(b.flags() & IfFlags.PROMISC).isZero();
    rig.up(b);
    rig.send(rig.host, a, 60);
    assertThat(bpf.received()).isEqualTo(3);
    assertThat(bpf.poll()).isNotNull();
    assertThat(bpf.poll()).isNull();
    assertThat(rig.run(rig.removal(jail))).isEmpty();
  }

  @Test
  void a_rename_is_refused_while_the_interface_is_on_the_move() {
    Vnet jail = rig.vnet("j");
    rig.create(rig.host, "lo");
    Ifnet lo1 = rig.unit(rig.host, "lo1");
    Saga<Ifnet> move = rig.lend("lo1", jail);
    while (lo1.claimant() == null) {
      move.advance();
    }
    assertThat(refused(() -> Interfaces.of(rig.host).rename(lo1, "x"))).isEqualTo(Errno.EBUSY);
    rig.run(move);
    assertThat(rig.names(jail)).containsExactly("lo0", "lo1");
  }
}
