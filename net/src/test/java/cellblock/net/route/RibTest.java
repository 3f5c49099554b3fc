package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a rib accepts and refuses, and what packets find in it. */
class RibTest {
  private RouteLab lab;
  private Ifnet tst0;

  @BeforeEach
  void start() throws ErrnoException {
    lab = new RouteLab(1);
    tst0 = lab.ifnet("192.0.2.1/24");
  }

  private Errno refusal(RouteLab.Turn turn) {
    return catchThrowableOfType(ErrnoException.class, () -> lab.turn(turn)).errno();
  }

  private Rib rib() {
    return lab.rib();
  }

  @Test
  void an_interface_route_is_pinned_and_leads_to_the_destination_itself() {
    Nexthop nh = lab.lookup("192.0.2.7");
    assertThat(nh.ifnet()).isSameAs(tst0);
    assertThat(nh.viaGateway()).isFalse();
    assertThat(nh.routeFlags()).isEqualTo(RouteFlags.UP | RouteFlags.PINNED);
    assertThat(nh.mtu()).isEqualTo(tst0.mtu());
  }

  @Test
  void a_gateway_is_reached_by_the_interface_whose_route_covers_it() throws ErrnoException {
    lab.ifnet("198.51.100.1/24");
    lab.add("203.0.113.0/24", "192.0.2.254");
    Nexthop nh = lab.lookup("203.0.113.9");
    assertThat(nh.ifnet()).isSameAs(tst0);
    assertThat(nh.gateway()).isEqualTo(IpAddress.parse("192.0.2.254"));
    assertThat(nh.gatewayHi()).isEqualTo(nh.gateway().hi());
    assertThat(nh.address()).isSameAs(tst0.addresses()[0]);
    assertThat(nh.routeFlags()).isEqualTo(RouteFlags.UP | RouteFlags.GATEWAY | RouteFlags.STATIC);
  }

  @Test
  void a_gateway_that_nothing_or_only_the_default_route_covers_is_unreachable()
      throws ErrnoException {
    assertThat(refusal(() -> rib().add(RouteLab.via("203.0.113.0/24", "198.51.100.1"))))
        .isEqualTo(Errno.ENETUNREACH);
    lab.add("0.0.0.0/0", "192.0.2.254");
    assertThat(refusal(() -> rib().add(RouteLab.via("203.0.113.0/24", "198.51.100.1"))))
        .isEqualTo(Errno.ENETUNREACH);
    assertThat(rib().nexthops()).hasSize(2);
  }

  @Test
  void a_gateway_beyond_a_gateway_is_reached_by_the_first_ones_interface() throws ErrnoException {
    lab.add("198.51.100.0/24", "192.0.2.254");
    lab.add("203.0.113.0/24", "198.51.100.1");
    assertThat(lab.lookup("203.0.113.9").ifnet()).isSameAs(tst0);
  }

  @Test
  void the_same_route_twice_exists() throws ErrnoException {
    lab.add("203.0.113.0/24", "192.0.2.254");
    assertThat(refusal(() -> rib().add(RouteLab.via("203.0.113.0/24", "192.0.2.254"))))
        .isEqualTo(Errno.EEXIST);
    lab.turn(() -> lab.tables.options().multipath().set(0));
    assertThat(refusal(() -> rib().add(RouteLab.via("203.0.113.0/24", "192.0.2.253"))))
        .isEqualTo(Errno.EEXIST);
    assertThat(rib().nexthops()).hasSize(2);
  }

  @Test
  void what_is_not_there_cannot_be_deleted_or_changed() throws ErrnoException {
    RouteSpec none = RouteLab.via("203.0.113.0/24", "192.0.2.254");
    assertThat(refusal(() -> rib().delete(none))).isEqualTo(Errno.ESRCH);
    assertThat(refusal(() -> rib().change(none))).isEqualTo(Errno.ESRCH);
    lab.add("203.0.113.0/24", "192.0.2.254");
    assertThat(refusal(() -> rib().delete(RouteLab.via("203.0.113.0/24", "192.0.2.253"))))
        .isEqualTo(Errno.ESRCH);
    assertThat(refusal(() -> rib().delete(RouteSpec.to(IpPrefix.parse("203.0.113.0/25")))))
        .isEqualTo(Errno.ESRCH);
  }

  @Test
  void a_pinned_route_stands_until_its_interface_takes_it_back() throws ErrnoException {
    assertThat(refusal(() -> rib().delete(RouteSpec.to(IpPrefix.parse("192.0.2.0/24")))))
        .isEqualTo(Errno.EADDRINUSE);
    assertThat(refusal(() -> rib().add(RouteLab.via("192.0.2.0/24", "192.0.2.254"))))
        .isEqualTo(Errno.EEXIST);
    lab.turn(() ->
        lab.tables.ifAddressRoute(false, tst0.addresses()[0], IpPrefix.parse("192.0.2.0/24")));
    assertThat(lab.lookup("192.0.2.7")).isNull();
  }

  @Test
  void a_pinned_route_takes_the_place_of_a_common_one() throws ErrnoException {
    lab.add("198.51.100.0/24", "192.0.2.254");
    Ifnet tst1 = lab.ifnet("198.51.100.1/24");
    assertThat(lab.lookup("198.51.100.7").ifnet()).isSameAs(tst1);
    assertThat(rib().fib().size()).isEqualTo(2);
  }

  @Test
  void flags_prefix_and_gateway_must_agree() {
    IpPrefix net = IpPrefix.parse("203.0.113.0/24");
    RouteSpec noGateway = RouteSpec.to(net).flags(RouteFlags.GATEWAY);
    RouteSpec hostNet = RouteLab.via("203.0.113.0/24", "192.0.2.254").flags(RouteFlags.HOST);
    RouteSpec six = RouteLab.via("2001:db8::/32", "2001:db8::1");
    RouteSpec nowhere = RouteSpec.to(net);
    assertThat(refusal(() -> rib().add(noGateway))).isEqualTo(Errno.EINVAL);
    assertThat(refusal(() -> rib().add(hostNet))).isEqualTo(Errno.EINVAL);
    assertThat(refusal(() -> rib().add(six))).isEqualTo(Errno.EAFNOSUPPORT);
    assertThat(refusal(() -> rib().add(nowhere))).isEqualTo(Errno.ENETUNREACH);
    assertThat(
            refusal(() ->
                lab.tables.rib(0, Family.INET6).add(RouteLab.via("2001:db8::/32", "192.0.2.254"))))
        .isEqualTo(Errno.EINVAL);
  }

  @Test
  void a_route_of_full_length_is_a_host_route() throws ErrnoException {
    lab.add("203.0.113.1/32", "192.0.2.254");
    Nexthop nh = lab.lookup("203.0.113.1");
    assertThat(nh.routeFlags() & RouteFlags.HOST).isNotZero();
    assertThat(nh.flags()).isEqualTo(NexthopFlags.HOST | NexthopFlags.GATEWAY);
  }

  @Test
  void a_change_keeps_what_it_does_not_say() throws ErrnoException {
    lab.add("203.0.113.0/24", "192.0.2.254");
    lab.turn(() -> rib().change(RouteSpec.to(IpPrefix.parse("203.0.113.0/24")).mtu(1300)));
    Nexthop nh = lab.lookup("203.0.113.1");
    assertThat(nh.gateway()).isEqualTo(IpAddress.parse("192.0.2.254"));
    assertThat(nh.mtu()).isEqualTo(1300);
    lab.turn(() -> rib().change(RouteLab.via("203.0.113.0/24", "192.0.2.253")));
    nh = lab.lookup("203.0.113.1");
    assertThat(nh.gateway()).isEqualTo(IpAddress.parse("192.0.2.253"));
    assertThat(nh.mtu()).isEqualTo(1300);
  }

  @Test
  void an_ipv4_route_may_have_an_ipv6_gateway_unless_told_otherwise() throws ErrnoException {
    lab.turn(() -> lab.addAddress(tst0, "2001:db8::1/64"));
    lab.add("203.0.113.0/24", "2001:db8::2");
    Nexthop nh = lab.lookup("203.0.113.1");
    assertThat(nh.gatewayFamily()).isEqualTo(Family.INET6);
    assertThat(nh.address()).isSameAs(tst0.addresses()[0]);
    lab.turn(() -> lab.tables.options().ipv6Nexthop().set(0));
    assertThat(refusal(() -> rib().add(RouteLab.via("203.0.113.0/25", "2001:db8::2"))))
        .isEqualTo(Errno.EINVAL);
  }

  @Test
  void a_link_local_gateway_is_found_by_its_zone() throws ErrnoException {
    Ifnet tst1 = lab.ifnet("fe80::1/64");
    lab.turn(
        () -> lab.tables.rib(0, Family.INET6).add(RouteLab.via("::/0", "fe80::2%" + tst1.index())));
    Nexthop nh = lab.lookup("2001:db8::1");
    assertThat(nh.ifnet()).isSameAs(tst1);
    assertThat(nh.gateway()).isEqualTo(IpAddress.parse("fe80::2"));
  }

  @Test
  void equal_routes_share_one_nexthop_whose_index_is_used_again() throws ErrnoException {
    lab.add("203.0.113.0/25", "192.0.2.254");
    lab.add("203.0.113.128/25", "192.0.2.254");
    Nexthop nh = lab.lookup("203.0.113.1");
    assertThat(lab.lookup("203.0.113.200")).isSameAs(nh);
    assertThat(nh.references()).isEqualTo(2);
    int index = nh.index();
    lab.delete("203.0.113.0/25");
    assertThat(nh.valid()).isTrue();
    lab.delete("203.0.113.128/25");
    assertThat(nh.valid()).isFalse();
    lab.add("198.51.100.0/24", "192.0.2.253");
    assertThat(lab.lookup("198.51.100.1").index()).isEqualTo(index);
    assertThat(lab.jail.ledger().count(LedgerKind.NEXTHOP)).isEqualTo(2);
  }

  @Test
  void f18_deleting_a_less_specific_route_leaves_no_old_nexthop_behind() throws ErrnoException {
    lab.add("0.0.0.0/0", "192.0.2.250");
    lab.add("203.0.0.0/16", "192.0.2.251");
    lab.add("203.0.113.0/24", "192.0.2.252");
    Nexthop sixteen = lab.lookup("203.0.1.1");
    lab.delete("203.0.0.0/16");
    assertThat(sixteen.valid()).isFalse();
    for (String address : List.of("203.0.1.1", "203.0.112.255", "203.0.114.0", "203.0.255.1")) {
      assertThat(lab.lookup(address).gateway()).hasToString("192.0.2.250");
    }
    assertThat(lab.lookup("203.0.113.1").gateway()).hasToString("192.0.2.252");
    lab.delete("203.0.113.0/24");
    assertThat(lab.lookup("203.0.113.1").gateway()).hasToString("192.0.2.250");
  }

  @Test
  void a_fib_is_not_changed_by_what_the_rib_does_later() throws ErrnoException {
    lab.add("203.0.113.0/24", "192.0.2.254");
    Fib before = rib().fib();
    long generation = rib().generation();
    lab.delete("203.0.113.0/24");
    assertThat(before.size()).isEqualTo(2);
    assertThat(rib().fib().size()).isEqualTo(1);
    assertThat(rib().generation()).isGreaterThan(generation);
    assertThat(before.lookup4(0xcb007101, 0)).as("its nexthop is gone").isNull();
  }

  @Test
  void a_route_is_shown_with_the_prefix_that_matched() throws ErrnoException {
    lab.add("203.0.112.0/20", "192.0.2.254");
    RouteEntry entry = rib().fib().match(IpAddress.parse("203.0.113.77"));
    assertThat(entry.prefix()).hasToString("203.0.112.0/20");
    assertThat(rib().fib().match(IpAddress.parse("8.8.8.8"))).isNull();
    List<String> all = new ArrayList<>();
    rib().fib().forEach(e -> all.add(e.prefix().toString()));
    assertThat(all).containsExactly("192.0.2.0/24", "203.0.112.0/20");
  }

  @Test
  void a_blackhole_needs_no_gateway_where_there_is_a_loopback_interface() throws ErrnoException {
    RouteSpec hole = RouteSpec.to(IpPrefix.parse("203.0.113.0/24")).flags(RouteFlags.BLACKHOLE);
    lab.turn(() -> rib().add(hole));
    Nexthop nh = lab.lookup("203.0.113.1");
    assertThat(nh.discards()).isTrue();
    assertThat(nh.ifnet()).isSameAs(Interfaces.of(lab.jail).loopback());
    lab.turn(() -> Interfaces.of(lab.jail).loopback(null));
    RouteSpec other = RouteSpec.to(IpPrefix.parse("10.0.0.0/8")).flags(RouteFlags.BLACKHOLE);
    assertThat(refusal(() -> rib().add(other))).isEqualTo(Errno.ENETUNREACH);
    lab.turn(() -> Interfaces.of(lab.jail).loopback(nh.ifnet()));
  }

  @Test
  void an_own_address_is_routed_by_loopback_and_remembers_its_interface() throws ErrnoException {
    Ifnet lo = Interfaces.of(lab.jail).loopback();
    lab.turn(() -> {
      lab.addAddress(lo, "127.0.0.1/8");
      lab.tables.loopbackRoute(true, tst0.addresses()[0]);
    });
    Nexthop nh = lab.lookup("192.0.2.1");
    assertThat(nh.ifnet()).isSameAs(lo);
    assertThat(nh.addressIfnet()).isSameAs(tst0);
    int uhs = RouteFlags.UP | RouteFlags.HOST | RouteFlags.STATIC | RouteFlags.PINNED;
    assertThat(nh.routeFlags()).isEqualTo(uhs);
    lab.turn(() -> lab.tables.purge(tst0));
    assertThat(lab.lookup("192.0.2.1")).isNull();
    assertThat(lab.lookup("127.0.0.9").ifnet()).isSameAs(lo);
  }

  @Test
  void fibs_grow_and_do_not_shrink() throws ErrnoException {
    lab.turn(() -> lab.tables.options().addAddrAllFibs().set(1));
    lab.turn(() -> lab.tables.setFibs(3));
    assertThat(lab.tables.fibs()).isEqualTo(3);
    assertThat(lab.tables.lookup4(2, 0xc0000207, 0).ifnet()).isSameAs(tst0);
    lab.turn(() -> lab.tables.options().addAddrAllFibs().set(0));
    lab.turn(() -> lab.tables.setFibs(4));
    assertThat(lab.tables.lookup4(3, 0xc0000207, 0)).isNull();
    assertThat(lab.tables.lookup4(99, 0xc0000207, 0)).as("no such FIB: that of 0").isNotNull();
    assertThat(refusal(() -> lab.tables.setFibs(2))).isEqualTo(Errno.ENOTCAPABLE);
    assertThat(refusal(() -> lab.tables.setFibs(65536))).isEqualTo(Errno.EINVAL);
    assertThat(
            refusal(() ->
                lab.tables.add(
                    7, RouteLab.via("0.0.0.0/0", "192.0.2.2"), RouteMessage.Sender.KERNEL)))
        .isEqualTo(Errno.EINVAL);
    lab.shutdown();
    assertThat(lab.strays()).isEmpty();
    assertThat(lab.destroy()).isEmpty();
  }
}
