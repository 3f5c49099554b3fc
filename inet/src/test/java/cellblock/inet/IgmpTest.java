package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Membership;
import cellblock.inet.socket.Socket;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.IgmpMessage;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** IGMP reports and queries, in virtual time. */
class IgmpTest {
  private static final Ip4Address GROUP = Ip4Address.parse("239.1.2.3");
  private static final Ip4Address SOURCE = Ip4Address.parse("198.51.100.7");

  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");
  private Socket udp;

  @BeforeEach
  void configure() {
    rig.address(v, "em0", "192.0.2.1/24");
    udp = rig.udp(v);
    rig.advance(10);
    link.sent.clear();
  }

  private void membership(Membership.Operation what, Ip4Address source) {
    assertThat(Refused.by(() -> udp.membership(new Membership(what, GROUP, "em0", source))))
        .isNull();
  }

  private List<IgmpMessage> messages() {
    List<IgmpMessage> all = new ArrayList<>();
    for (byte[] p : link.packets()) {
      if (Ip4Header.protocol(p, 0) == IpProtocol.IGMP) {
        int header = Ip4Header.headerLength(p, 0);
        assertThat(header).isEqualTo(24);
        assertThat(Ip4Header.ttl(p, 0)).isEqualTo(1);
        assertThat(IgmpMessage.verifies(p, header, p.length - header)).isTrue();
        all.add(IgmpMessage.parse(p, header, p.length - header));
      }
    }
    return all;
  }

  private List<IgmpMessage.GroupRecord> records() {
    return messages().stream().flatMap(m -> ((IgmpMessage.Report3) m).records().stream()).toList();
  }

  private void query(IgmpMessage query, String to) {
    byte[] d = new byte[query.length()];
    query.emit(d, 0);
    link.multicast(
        Ip4Address.parse(to).bits(), Packets.ip(IpProtocol.IGMP, "192.0.2.9", to, 1, 0, d));
  }

  @Test
  void the_group_of_all_hosts_is_never_reported() {
    rig.advance(100);
    assertThat(messages()).isEmpty();
  }

  @Test
  void a_join_is_told_twice_and_so_is_a_leave() {
    membership(Membership.Operation.JOIN, null);
    rig.advance(1);
    assertThat(records())
        .singleElement()
        .isEqualTo(new IgmpMessage.GroupRecord(IgmpMessage.CHANGE_TO_EXCLUDE, GROUP, List.of()));
    rig.advance(4);
    assertThat(records()).hasSize(1);
    rig.advance(100);
    assertThat(records()).isEmpty();
    membership(Membership.Operation.LEAVE, null);
    rig.advance(10);
    assertThat(records())
        .hasSize(2)
        .allMatch(r -> r.type() == IgmpMessage.CHANGE_TO_INCLUDE && r.sources().isEmpty());
  }

  @Test
  void sources_are_allowed_and_blocked() {
    membership(Membership.Operation.JOIN_SOURCE, SOURCE);
    rig.advance(10);
    assertThat(records())
        .allMatch(r -> r.type() == IgmpMessage.ALLOW_NEW_SOURCES)
        .allMatch(r -> r.sources().equals(List.of(SOURCE)))
        .hasSize(2);
    membership(Membership.Operation.LEAVE_SOURCE, SOURCE);
    rig.advance(10);
    assertThat(records()).hasSize(2).allMatch(r -> r.type() == IgmpMessage.BLOCK_OLD_SOURCES);
  }

  @Test
  void a_general_query_is_answered_within_its_time() {
    membership(Membership.Operation.JOIN, null);
    rig.advance(30);
    link.sent.clear();
    query(new IgmpMessage.Query3(50, Ip4Address.ANY, false, 2, 125, List.of()), "224.0.0.1");
    rig.advance(5);
    assertThat(records())
        .containsExactly(
            new IgmpMessage.GroupRecord(IgmpMessage.MODE_IS_EXCLUDE, GROUP, List.of()));
  }

  @Test
  void a_query_for_sources_is_answered_with_those_that_are_heard() {
    membership(Membership.Operation.JOIN, null);
    membership(Membership.Operation.BLOCK_SOURCE, SOURCE);
    rig.advance(30);
    link.sent.clear();
    Ip4Address other = Ip4Address.parse("198.51.100.8");
    query(new IgmpMessage.Query3(10, GROUP, false, 2, 125, List.of(SOURCE, other)), "239.1.2.3");
    rig.advance(1);
    assertThat(records())
        .containsExactly(
            new IgmpMessage.GroupRecord(IgmpMessage.MODE_IS_INCLUDE, GROUP, List.of(other)));
  }

  @Test
  void a_version_2_router_gets_version_2_until_it_is_silent_long_enough() {
    membership(Membership.Operation.JOIN, null);
    rig.advance(30);
    link.sent.clear();
    query(new IgmpMessage.Brief(IgmpMessage.QUERY, 100, Ip4Address.ANY), "224.0.0.1");
    rig.advance(10);
    assertThat(messages()).containsExactly(new IgmpMessage.Brief(IgmpMessage.REPORT2, 0, GROUP));
    membership(Membership.Operation.LEAVE, null);
    assertThat(messages()).containsExactly(new IgmpMessage.Brief(IgmpMessage.LEAVE, 0, GROUP));
  }

  @Test
  void a_report_of_somebody_else_saves_ours_in_version_2() {
    membership(Membership.Operation.JOIN, null);
    rig.advance(30);
    link.sent.clear();
    query(new IgmpMessage.Brief(IgmpMessage.QUERY, 100, Ip4Address.ANY), "224.0.0.1");
    query(new IgmpMessage.Brief(IgmpMessage.REPORT2, 0, GROUP), "239.1.2.3");
    rig.advance(20);
    assertThat(messages()).isEmpty();
    assertThat(rig.counter(v, "igmp", "received-membership-reports-matching")).isEqualTo(1);
  }

  @Test
  void closing_the_socket_leaves_the_group() {
    membership(Membership.Operation.JOIN, null);
    rig.advance(30);
    link.sent.clear();
    udp.close();
    rig.advance(10);
    assertThat(records()).allMatch(r -> r.type() == IgmpMessage.CHANGE_TO_INCLUDE).hasSize(2);
    assertThat(rig.remove0(v)).isEmpty();
  }
}
