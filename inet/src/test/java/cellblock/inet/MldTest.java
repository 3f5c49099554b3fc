package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.mcast.SourceList;
import cellblock.inet.mcast.Wanted;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketType;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.BigEndian;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import cellblock.wire.Icmp6Message;
import cellblock.wire.Ip6Address;
import cellblock.wire.Ip6Header;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * MLD reports and queries with sources (RFC 3810), and of version 1 (RFC 2710), in virtual time.
 */
class MldTest {
  private static final Ip6Address GROUP = Ip6Address.of("ff05::1234");
  private static final Ip6Address SOURCE = Ip6Address.of("2001:db8::7");
  private static final Ip6Address OTHER = Ip6Address.of("2001:db8::8");
  private static final int IS_INCLUDE = 1;
  private static final int IS_EXCLUDE = 2;
  private static final int TO_INCLUDE = 3;
  private static final int TO_EXCLUDE = 4;
  private static final int ALLOW = 5;
  private static final int BLOCK = 6;

  /** What a report says of one group. */
  private record Told(int type, Ip6Address group, List<Ip6Address> sources) {}

  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");
  private Socket udp;

  @BeforeEach
  void configure() {
    Ip6Address own = Ip6Address.of("2001:db8::1");
    rig.in(
        v,
        () ->
            Inet6.of(v)
                .control
                .add(
                    Interfaces.of(v).named("em0"),
                    new In6Control.Wish(own, 64, null, -1, -1, In6Address.NODAD)));
    rig.up(v, "em0");
    udp =
        rig.in(
            v, () -> rig.inet(v).sockets.open(Family.INET6, SocketType.DGRAM, 0, Credential.ROOT));
    rig.advance(10);
    link.sent.clear();
  }

  private @Nullable Errno ask(Membership.Operation what, @Nullable Ip6Address source) {
    return Refused.by(() -> udp.membership(new Membership(what, GROUP, "em0", source)));
  }

  private void membership(Membership.Operation what, @Nullable Ip6Address source) {
    assertThat(ask(what, source)).isNull();
    rig.settle();
  }

  /** The records of reports that left since the last call; their frame is checked. */
  private List<Told> told() {
    List<Told> all = new ArrayList<>();
    for (byte[] p : link.take(EtherHeader.TYPE_IPV6)) {
      if (p[6] != IpProtocol.HOPOPTS || (p[48] & 0xff) != Icmp6Message.LISTENER_REPORT2) {
        continue;
      }
      int length = p.length - 48;
      assertThat(Ip6Header.hopLimit(p, 0)).isEqualTo(1);
      assertThat(Ip6Address.get(p, 24)).isEqualTo(Ip6Address.of("ff02::16"));
      int pseudo = Ip6Header.pseudo(p, 0, IpProtocol.ICMPV6, length);
      assertThat(Icmp6Message.verifies(p, 48, pseudo, length)).isTrue();
      int at = 56;
      for (int left = BigEndian.get16(p, 54); left > 0; left--) {
        int count = BigEndian.get16(p, at + 2);
        List<Ip6Address> sources = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          sources.add(Ip6Address.get(p, at + 20 + 16 * i));
        }
        all.add(new Told(p[at], Ip6Address.get(p, at + 4), sources));
        at += 20 + 16 * count;
      }
      assertThat(at).isEqualTo(p.length);
    }
    return all;
  }

  private static Told told(int type, Ip6Address... sources) {
    return new Told(type, GROUP, List.of(sources));
  }

  private void query(Ip6Address group, int code, Ip6Address... sources) {
    byte[] rest = new byte[20 + 16 * sources.length];
    group.emit(rest, 0);
    rest[16] = 2;
    rest[17] = 125;
    BigEndian.put16(rest, 18, sources.length);
    for (int i = 0; i < sources.length; i++) {
      sources[i].emit(rest, 20 + 16 * i);
    }
    send(code, rest);
  }

  private void send(int code, byte[] rest) {
    byte[] p =
        Packets6.icmp("fe80::9", "ff02::1", 1, Icmp6Message.LISTENER_QUERY, code << 16, rest);
    link.frame(link.ifp.lladdr(), EtherHeader.TYPE_IPV6, p);
  }

  @Test
  void a_join_is_told_twice_and_so_is_a_leave() {
    membership(Membership.Operation.JOIN, null);
    assertThat(told()).containsExactly(told(TO_EXCLUDE));
    rig.advance(3);
    assertThat(told()).containsExactly(told(TO_EXCLUDE));
    rig.advance(100);
    assertThat(told()).isEmpty();
    membership(Membership.Operation.LEAVE, null);
    rig.advance(10);
    assertThat(told()).containsExactly(told(TO_INCLUDE), told(TO_INCLUDE));
  }

  @Test
  void sources_are_allowed_and_blocked() {
    membership(Membership.Operation.JOIN_SOURCE, SOURCE);
    rig.advance(10);
    assertThat(told()).containsExactly(told(ALLOW, SOURCE), told(ALLOW, SOURCE));
    membership(Membership.Operation.JOIN_SOURCE, OTHER);
    rig.advance(10);
    assertThat(told()).containsExactly(told(ALLOW, OTHER), told(ALLOW, OTHER));
    membership(Membership.Operation.LEAVE_SOURCE, SOURCE);
    rig.advance(10);
    assertThat(told()).containsExactly(told(BLOCK, SOURCE), told(BLOCK, SOURCE));
    membership(Membership.Operation.LEAVE_SOURCE, OTHER);
    rig.advance(10);
    assertThat(told()).containsExactly(told(BLOCK, OTHER), told(BLOCK, OTHER));
  }

  @Test
  void two_changes_at_once_share_a_report_and_a_change_of_mode_wins() {
    membership(Membership.Operation.JOIN, null);
    rig.advance(10);
    link.sent.clear();
    membership(Membership.Operation.BLOCK_SOURCE, SOURCE);
    assertThat(told()).containsExactly(told(BLOCK, SOURCE));
    assertThat(
            Refused.by(() ->
                udp.sourceFilter(
                    GROUP, "em0", new Wanted(true, SourceList.of(List.of(OTHER, SOURCE))))))
        .isNull();
    rig.advance(10);
    assertThat(told())
        .containsExactly(told(TO_INCLUDE, SOURCE, OTHER), told(TO_INCLUDE, SOURCE, OTHER));
  }

  @Test
  void a_general_question_is_answered_with_modes_and_sources() {
    membership(Membership.Operation.JOIN, null);
    membership(Membership.Operation.BLOCK_SOURCE, SOURCE);
    rig.advance(30);
    link.sent.clear();
    query(Ip6Address.ANY, 5000);
    rig.advance(5);
    assertThat(told()).contains(told(IS_EXCLUDE, SOURCE));
  }

  @Test
  void a_question_for_sources_is_answered_with_those_that_are_heard() {
    membership(Membership.Operation.JOIN, null);
    membership(Membership.Operation.BLOCK_SOURCE, SOURCE);
    rig.advance(30);
    link.sent.clear();
    query(GROUP, 1000, SOURCE, OTHER);
    rig.advance(1);
    assertThat(told()).containsExactly(told(IS_INCLUDE, OTHER));
    query(GROUP, 1000, OTHER);
    rig.advance(1);
    assertThat(told()).as("net.inet6.mld.gsrdelay: too early").isEmpty();
    query(GROUP, 1000);
    rig.advance(1);
    assertThat(told()).containsExactly(told(IS_EXCLUDE, SOURCE));
  }

  @Test
  void a_router_of_version_1_gets_reports_of_version_1_without_sources() {
    membership(Membership.Operation.JOIN_SOURCE, SOURCE);
    rig.advance(30);
    link.sent.clear();
    send(1000, new byte[16]);
    rig.advance(1);
    assertThat(old()).contains(Icmp6Message.LISTENER_REPORT);
    membership(Membership.Operation.LEAVE, null);
    assertThat(old()).containsExactly(Icmp6Message.LISTENER_DONE);
    membership(Membership.Operation.JOIN, null);
    rig.advance(30);
    assertThat(old()).containsExactly(Icmp6Message.LISTENER_REPORT, Icmp6Message.LISTENER_REPORT);
  }

  /** Types of the messages of version 1 about our group. */
  private List<Integer> old() {
    return link.take(EtherHeader.TYPE_IPV6).stream()
        .filter(p -> p[6] == IpProtocol.HOPOPTS && p.length == 72)
        .filter(p -> Ip6Address.get(p, 56).equals(GROUP))
        .map(p -> p[48] & 0xff)
        .toList();
  }

  @Test
  void the_members_of_a_group_together_want_what_any_of_them_wants() throws ErrnoException {
    Socket second =
        rig.in(
            v, () -> rig.inet(v).sockets.open(Family.INET6, SocketType.DGRAM, 0, Credential.ROOT));
    membership(Membership.Operation.JOIN_SOURCE, SOURCE);
    rig.advance(10);
    link.sent.clear();
    second.membership(new Membership(Membership.Operation.JOIN, GROUP, "em0", null));
    second.membership(new Membership(Membership.Operation.BLOCK_SOURCE, GROUP, "em0", SOURCE));
    rig.settle();
    assertThat(told())
        .as("the first member wants that source, whatever the other says")
        .containsExactly(told(TO_EXCLUDE));
    second.close();
    rig.advance(10);
    assertThat(told()).contains(told(TO_INCLUDE, SOURCE));
  }

  @Test
  void an_interface_that_comes_up_again_tells_its_groups_again() {
    membership(Membership.Operation.JOIN_SOURCE, SOURCE);
    rig.advance(10);
    link.sent.clear();
    rig.down(v, "em0");
    rig.advance(10);
    link.sent.clear();
    rig.up(v, "em0");
    rig.settle();
    assertThat(told()).contains(told(ALLOW, SOURCE));
  }

  @Test
  void what_does_not_fit_a_report_goes_into_the_next() throws ErrnoException {
    rig.in(
        v,
        () -> {
          Inet6.of(v).ip.settings.mcastMaxSocketSources = 200;
          return 0;
        });
    membership(Membership.Operation.JOIN, null);
    rig.advance(10);
    link.sent.clear();
    List<Ip6Address> many = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      many.add(new Ip6Address(SOURCE.hi(), 0x1000 + i, 0));
    }
    udp.sourceFilter(GROUP, "em0", new Wanted(true, SourceList.of(many)));
    rig.settle();
    List<Told> told = told();
    assertThat(told).hasSize(2).allMatch(t -> t.type() == TO_INCLUDE);
    List<Ip6Address> all = new ArrayList<>(told.getFirst().sources());
    all.addAll(told.getLast().sources());
    assertThat(all).isEqualTo(many);
    assertThat(udp.sourceFilter(GROUP, "em0").sources().all()).isEqualTo(List.copyOf(many));
    many.add(OTHER);
    for (int i = 0; i < 50; i++) {
      many.add(new Ip6Address(SOURCE.hi(), 0x2000 + i, 0));
    }
    assertThat(
            Refused.by(() -> udp.sourceFilter(GROUP, "em0", new Wanted(true, SourceList.of(many)))))
        .isEqualTo(Errno.ENOBUFS);
  }

  @Test
  void requests_that_do_not_fit_the_membership_are_refused() {
    assertThat(ask(Membership.Operation.LEAVE_SOURCE, SOURCE)).isEqualTo(Errno.EADDRNOTAVAIL);
    membership(Membership.Operation.JOIN_SOURCE, SOURCE);
    assertThat(ask(Membership.Operation.JOIN_SOURCE, SOURCE)).isEqualTo(Errno.EADDRNOTAVAIL);
    assertThat(ask(Membership.Operation.BLOCK_SOURCE, OTHER)).isEqualTo(Errno.EINVAL);
    assertThat(ask(Membership.Operation.LEAVE_SOURCE, OTHER)).isEqualTo(Errno.EADDRNOTAVAIL);
    assertThat(ask(Membership.Operation.JOIN_SOURCE, null)).isEqualTo(Errno.EINVAL);
    membership(Membership.Operation.LEAVE, null);
    membership(Membership.Operation.JOIN, null);
    assertThat(ask(Membership.Operation.JOIN, null)).isEqualTo(Errno.EADDRINUSE);
    assertThat(ask(Membership.Operation.JOIN_SOURCE, SOURCE)).isEqualTo(Errno.EINVAL);
    assertThat(ask(Membership.Operation.UNBLOCK_SOURCE, SOURCE)).isEqualTo(Errno.EADDRNOTAVAIL);
    udp.close();
    rig.advance(10);
  }
}
