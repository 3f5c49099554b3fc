package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.arp.Neighbor;
import cellblock.inet.socket.Socket;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.ArpPacket;
import cellblock.wire.EtherHeader;
import cellblock.wire.Ip4Address;
import cellblock.wire.MacAddress;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ARP frame by frame, in virtual time. */
class ArpTest {
  private static final long OTHER = MacAddress.parse("02:00:00:00:00:77").bits();

  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");
  private Socket udp;

  @BeforeEach
  void configure() {
    rig.address(v, "em0", "192.0.2.1/24");
    udp = rig.udp(v);
  }

  private Errno send(String to) {
    return Refused.by(() -> udp.send(new byte[4], 0, 4, Ip4Address.parse(to), 9));
  }

  private List<ArpPacket> arps() {
    return link.take(EtherHeader.TYPE_ARP).stream()
        .map(p -> ArpPacket.parse(p, 0, p.length))
        .toList();
  }

  private List<Neighbor> table() {
    return rig.in(v, () -> rig.inet(v).arp.list());
  }

  private List<String> messages() {
    return rig.machine.messages().lines().stream().filter(l -> l.startsWith("arp")).toList();
  }

  @Test
  void a_new_address_announces_itself_and_stands_in_the_table_for_ever() {
    List<ArpPacket> all = arps();
    assertThat(all).hasSize(1);
    assertThat(all.getFirst().isGratuitous()).isTrue();
    assertThat(all.getFirst().senderIp()).isEqualTo(Ip4Address.parse("192.0.2.1"));
    assertThat(table()).hasSize(1);
    assertThat(table().getFirst().permanent()).isTrue();
  }

  @Test
  void a_packet_waits_for_the_answer_and_then_leaves() {
    link.sent.clear();
    assertThat(send("192.0.2.2")).isNull();
    assertThat(arps()).singleElement().satisfies(a -> assertThat(a.operation()).isEqualTo(1));
    link.arp(ArpPacket.REPLY, OTHER, "192.0.2.2", "192.0.2.1");
    assertThat(link.sent).hasSize(1);
    assertThat(link.sent.getFirst().to()).isEqualTo(OTHER);
    assertThat(link.sent.getFirst().type()).isEqualTo(EtherHeader.TYPE_IP);
  }

  @Test
  void after_maxtries_requests_a_second_apart_the_host_is_down_until_the_entry_expires() {
    link.sent.clear();
    for (int i = 0; i < 5; i++) {
      assertThat(send("192.0.2.2")).isEqualTo(i < 5 ? null : Errno.EHOSTDOWN);
      rig.advance(1);
    }
    assertThat(send("192.0.2.2")).isEqualTo(Errno.EHOSTDOWN);
    assertThat(arps()).hasSize(6);
    rig.advance(21);
    assertThat(rig.counter(v, "arp", "entries-timeout")).isEqualTo(1);
    assertThat(rig.outstanding(v)).isZero();
    assertThat(send("192.0.2.2")).isNull();
  }

  @Test
  void no_more_than_maxhold_packets_wait_and_the_oldest_go_first() {
    for (int i = 0; i < 20; i++) {
      send("192.0.2.2");
    }
    assertThat(rig.dropped(v, DropReason.ARP_HELD_OVERFLOW)).isEqualTo(4);
    link.arp(ArpPacket.REPLY, OTHER, "192.0.2.2", "192.0.2.1");
    assertThat(link.packets()).hasSize(16);
  }

  @Test
  void an_entry_out_of_use_expires_after_max_age_and_one_in_use_is_asked_for_again() {
    link.arp(ArpPacket.REQUEST, OTHER, "192.0.2.2", "192.0.2.1");
    link.arp(ArpPacket.REQUEST, TestLink.PEER, "192.0.2.3", "192.0.2.1");
    rig.advance(1196.5); // both are watched now
    link.sent.clear();
    send("192.0.2.3");
    rig.advance(2);
    assertThat(arps()).anyMatch(a -> a.targetIp().equals(Ip4Address.parse("192.0.2.3")));
    link.arp(ArpPacket.REPLY, TestLink.PEER, "192.0.2.3", "192.0.2.1");
    rig.advance(10);
    assertThat(table())
        .extracting(n -> n.address().toString())
        .containsExactly("192.0.2.1", "192.0.2.3");
  }

  @Test
  void a_request_for_us_is_answered_and_teaches_the_asker() {
    link.sent.clear();
    link.arp(ArpPacket.REQUEST, OTHER, "192.0.2.2", "192.0.2.1");
    assertThat(link.sent.getFirst().to()).isEqualTo(OTHER);
    ArpPacket reply = arps().getFirst();
    assertThat(reply.operation()).isEqualTo(ArpPacket.REPLY);
    assertThat(reply.senderMac().bits()).isEqualTo(link.ifp.lladdr());
    assertThat(table()).hasSize(2);
    assertThat(rig.counter(v, "arp", "sent-replies")).isEqualTo(1);
  }

  @Test
  void somebody_who_uses_our_address_is_named_in_the_message_buffer() {
    link.arp(ArpPacket.REQUEST, OTHER, "192.0.2.1", "192.0.2.1");
    assertThat(messages())
        .containsExactly("arp: 02:00:00:00:00:77 is using my IP address 192.0.2.1 on em0!");
    assertThat(rig.counter(v, "arp", "dropped-duplicate-address")).isEqualTo(1);
  }

  @Test
  void an_address_that_moves_is_named_once_a_second() {
    link.arp(ArpPacket.REQUEST, OTHER, "192.0.2.2", "192.0.2.1");
    rig.advance(2);
    for (int i = 0; i < 3; i++) {
      link.arp(ArpPacket.REPLY, i % 2 == 0 ? TestLink.PEER : OTHER, "192.0.2.2", "192.0.2.1");
    }
    assertThat(messages())
        .containsExactly("arp: 192.0.2.2 moved from 02:00:00:00:00:77 to 02:00:00:00:00:99 on em0");
  }

  @Test
  void a_static_entry_stays_and_a_published_one_answers_for_its_address() throws Exception {
    v.call(() -> {
      rig.inet(v)
          .arp
          .set(Ip4Address.parse("192.0.2.50"), new MacAddress(OTHER), false, true, false, false);
      return 0;
    });
    link.sent.clear();
    link.arp(ArpPacket.REQUEST, TestLink.PEER, "192.0.2.2", "192.0.2.50");
    assertThat(arps().getFirst().senderMac().bits()).isEqualTo(OTHER);
    link.arp(ArpPacket.REPLY, TestLink.PEER, "192.0.2.50", "192.0.2.1");
    assertThat(messages())
        .containsExactly(
            "arp: 02:00:00:00:00:99 attempts to modify permanent entry for 192.0.2.50 on em0");
    rig.advance(5000);
    assertThat(table()).anyMatch(n -> n.published() && n.permanent());
    assertThat(rig.refusal(v, () -> rig.inet(v).arp.delete(Ip4Address.parse("192.0.2.9"), null)))
        .isEqualTo(Errno.ENOENT);
  }

  @Test
  void deleting_the_address_forgets_its_neighbours() {
    link.arp(ArpPacket.REQUEST, OTHER, "192.0.2.2", "192.0.2.1");
    rig.in(
        v,
        () -> {
          rig.inet(v).control.delete(link.ifp, null);
          return 0;
        });
    assertThat(table()).isEmpty();
  }
}
