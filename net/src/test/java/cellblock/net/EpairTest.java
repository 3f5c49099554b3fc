package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.lane.Lane;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkState;
import cellblock.wire.MacAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EpairTest {
  private final Rig rig = new Rig();

  @Test
  void a_pair_is_made_with_both_ends_in_the_vnet_that_asked() {
    Ifnet a = rig.create(rig.host, "epair");
    assertThat(a.name()).isEqualTo("epair0a");
    assertThat(rig.names(rig.host)).containsExactly("lo0", "epair0a", "epair0b");
    assertThat(a.flags()).isEqualTo(0x8842);
    assertThat(a.groups()).containsExactly("all", "epair");
    assertThat(a.mediaText()).isEqualTo("Ethernet 10Gbase-T (10Gbase-T <full-duplex>)");
    assertThat(a.statusText()).isEqualTo("active");
    assertThat(a.capEnabled()).isEqualTo(8);
    assertThat(a.linkState()).isEqualTo(LinkState.UP);
  }

  @Test
  void addresses_are_local_stable_and_differ_in_the_last_byte() {
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    assertThat(MacAddress.toString(a.lladdr())).startsWith("02:").endsWith(":0a");
    assertThat(MacAddress.toString(b.lladdr())).startsWith("02:").endsWith(":0b");
    assertThat(a.lladdr() >>> 8).isEqualTo(b.lladdr() >>> 8);
    assertThat(new Rig().create(rig.host, "epair").lladdr()).isNotEqualTo(0);
    Rig again = new Rig();
    assertThat(again.create(again.host, "epair").lladdr()).isEqualTo(a.lladdr());
    assertThat(rig.create(rig.host, "epair").lladdr()).isNotEqualTo(a.lladdr());
  }

  @Test
  void units_count_over_all_vnets() {
    Vnet jail = rig.vnet("j");
    assertThat(rig.create(rig.host, "epair").name()).isEqualTo("epair0a");
    assertThat(rig.create(jail, "epair").name()).isEqualTo("epair1a");
    assertThat(rig.refusal(new IfCreate(jail, "epair0", Map.of()))).isEqualTo(Errno.EEXIST);
    assertThat(rig.create(jail, "epair7").name()).isEqualTo("epair7a");
    assertThat(rig.create(jail, "lo").name()).isEqualTo("lo1");
    assertThat(rig.create(rig.host, "lo").name()).isEqualTo("lo1");
  }

  @Test
  void impossible_requests_are_refused_as_freebsd_does() {
    for (String bad : List.of("nosuch", "epair0a", "epair00", "epair99999", "epair123456789012")) {
      assertThat(rig.refusal(new IfCreate(rig.host, bad, Map.of())))
          .as(bad)
          .isEqualTo(Errno.EINVAL);
    }
    assertThat(rig.refusal(rig.destroy(rig.host, "epair9a"))).isEqualTo(Errno.ENXIO);
    assertThat(rig.refusal(rig.destroy(rig.host, "lo0"))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void a_unit_whose_name_is_taken_by_a_rename_is_passed_over() throws Exception {
    Ifnet lo1 = rig.create(rig.host, "lo");
    rig.in(
        rig.host,
        () -> {
          Interfaces.of(rig.host).rename(lo1, "epair0b");
          return 0;
        });
    assertThat(rig.create(rig.host, "epair").name()).isEqualTo("epair1a");
    rig.run(rig.destroy(rig.host, "epair1b"));
    rig.run(rig.destroy(rig.host, "epair0b"));
    assertThat(rig.create(rig.host, "epair").name()).isEqualTo("epair0a");
  }

  @Test
  void a_frame_crosses_into_the_lane_of_the_twin() {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.run(rig.lend("epair0b", jail));
    rig.up(a);
    rig.up(b);
    rig.listen(b);
    assertThat(rig.send(rig.host, a, 100)).isNull();
    assertThat(rig.received(jail)).isEqualTo(1);
    assertThat(rig.received(rig.host)).isZero();
    assertThat(a.counters().opackets).isEqualTo(1);
    assertThat(a.counters().omcasts).isEqualTo(1);
    assertThat(a.counters().obytes).isEqualTo(114);
    assertThat(b.counters().ipackets).isEqualTo(1);
    assertThat(b.counters().imcasts).isEqualTo(1);
    assertThat(b.counters().ibytes).isEqualTo(114);
  }

  @Test
  void a_group_that_nobody_joined_is_not_let_in_unless_all_are_asked_for() {
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.unit(rig.host, "epair0b");
    rig.up(a);
    rig.up(b);
    rig.send(rig.host, a, 100);
    assertThat(rig.received(rig.host)).isZero();
    assertThat(rig.dropped(rig.host, DropReason.ETHER_NOT_FOR_US)).isEqualTo(1);
    rig.in(
        rig.host,
        () -> {
          b.allmulti(true);
          return 0;
        });
    rig.send(rig.host, a, 100);
    assertThat(rig.received(rig.host)).isEqualTo(1);
  }

  @Test
  void a_pulled_plug_takes_the_carrier_from_both_ends() throws Exception {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.run(rig.lend("epair0b", jail));
    rig.up(a);
    rig.up(b);
    rig.listen(b);
    rig.in(
        rig.host,
        () -> {
          a.driver().plug(a, false);
          return 0;
        });
    assertThat(List.of(a.linkState(), b.linkState()))
        .containsExactly(LinkState.DOWN, LinkState.DOWN);
    assertThat(b.statusText()).isEqualTo("no carrier");
    assertThat(rig.send(rig.host, a, 100)).isNull();
    assertThat(rig.dropped(rig.host, DropReason.NO_CARRIER)).isEqualTo(1);
    rig.in(
        jail,
        () -> {
          b.driver().plug(b, true);
          return 0;
        });
    assertThat(List.of(a.linkState(), b.linkState())).containsExactly(LinkState.UP, LinkState.UP);
    rig.send(rig.host, a, 100);
    assertThat(rig.received(jail)).isEqualTo(1);
  }

  @Test
  void a_twin_that_is_down_loses_the_frame_and_the_sender_counts_it() {
    Ifnet a = rig.create(rig.host, "epair");
    rig.up(a);
    assertThat(rig.send(rig.host, a, 100)).isNull();
    assertThat(rig.dropped(rig.host, DropReason.INTERFACE_DOWN)).isEqualTo(1);
    assertThat(a.counters().oqdrops).isEqualTo(1);
    assertThat(a.counters().opackets).isZero();
  }

  @Test
  void a_full_inbox_is_a_counted_drop() {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.run(rig.lend("epair0b", jail));
    rig.up(a);
    rig.up(b);
    rig.listen(b);
    int limit = Lane.LIMIT;
    rig.in(
        rig.host,
        () -> {
          for (int i = 0; i < limit; i++) {
            assertThat(Rig.sendInTurn(rig.host, a, 50)).isNull();
          }
          assertThat(Rig.sendInTurn(rig.host, a, 50)).isEqualTo(Errno.ENOBUFS);
          return 0;
        });
    assertThat(rig.dropped(rig.host, DropReason.INBOX_FULL)).isEqualTo(1);
    assertThat(a.counters().oqdrops).isEqualTo(1);
    assertThat(rig.received(jail)).isEqualTo(limit);
    assertThat(rig.in(rig.host, () -> rig.host.mbufs().outstanding())).isZero();
  }
}
