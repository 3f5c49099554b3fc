package cellblock.inet;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Socket;
import cellblock.kern.drop.DropReason;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reassembly against a naive model, and its limits and timers. */
class ReassemblyTest {
  private final Rig rig = new Rig();
  private final Vnet v = rig.vnet("a");
  private final TestLink link = rig.link(v, "em0");
  private Socket raw;

  @BeforeEach
  void listen() {
    rig.address(v, "em0", "192.0.2.1/24");
    raw = rig.raw(v, 99);
  }

  private byte[] packet(int id, int size) {
    byte[] p = Packets.ip(99, "192.0.2.2", "192.0.2.1", 64, 0, Packets.data(size));
    Ip4Header.putId(p, 0, id);
    Ip4Header.fillChecksum(p, 0);
    return p;
  }

  private byte[] received() {
    Datagram[] d = new Datagram[1];
    return Refused.by(() -> d[0] = raw.receive(0, false)) == null ? d[0].data() : null;
  }

  private long held() {
    return rig.in(v, () -> (long) rig.inet(v).ip.reassembly.fragments());
  }

  @Test
  void fragments_in_any_order_with_repetitions_make_the_packet() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      byte[] whole = packet(round, 100 + random.nextInt(4000));
      int size = 8 * (40 + random.nextInt(60));
      List<byte[]> parts = new ArrayList<>(Packets.fragments(whole, size));
      if (parts.size() > 1 && random.nextBoolean()) {
        parts.add(parts.get(random.nextInt(parts.size())));
      }
      Collections.shuffle(parts, random);
      parts.forEach(link::ip);
      byte[] got = received();
      assertThat(got).as("round %d", round).isNotNull();
      assertThat(got).hasSize(whole.length);
      assertThat(tail(got)).isEqualTo(tail(whole));
      assertThat(Ip4Header.verifies(got, 0)).isTrue();
    }
    rig.advance(60);
    assertThat(held()).isZero();
    assertThat(rig.outstanding(v)).isZero();
  }

  private static byte[] tail(byte[] packet) {
    return Arrays.copyOfRange(packet, Ip4Header.LENGTH, packet.length);
  }

  /** Eight-byte units with the value that stands there and where its fragment begins. */
  private static final class Model {
    final int[] value;
    final int[] start;

    Model(int units) {
      value = new int[units];
      start = new int[units];
    }

    /** What begins at or before the newcomer stays, what begins behind it is replaced. */
    void insert(int from, int to, int newValue) {
      int effective = from;
      while (effective < to && value[effective] != 0 && start[effective] <= from) {
        effective++;
      }
      for (int u = effective; u < to; u++) {
        value[u] = newValue;
        start[u] = effective;
      }
      for (int u = to; u < value.length && value[u] != 0 && start[u] < to; u++) {
        if (start[u] > from) {
          start[u] = to;
        }
      }
    }

    boolean complete() {
      return Arrays.stream(value).allMatch(v -> v != 0);
    }
  }

  @Test
  void overlapping_fragments_agree_with_a_naive_model() {
    Random random = new Random(12);
    for (int round = 0; round < 500; round++) {
      int units = 4 + random.nextInt(6);
      Model model = new Model(units);
      boolean lastSeen = false;
      byte[] got = null;
      for (int i = 1; i <= 14 && got == null; i++) {
        int from = random.nextInt(units);
        int count = 1 + random.nextInt(units - from);
        boolean last = from + count == units;
        if (from == 0 && last) {
          continue; // a whole packet is no fragment
        }
        link.ip(piece(1000 + round, from, count, last, i));
        model.insert(from, from + count, i);
        lastSeen |= last;
        got = received();
        assertThat(got != null)
            .as("round %d step %d", round, i)
            .isEqualTo(lastSeen && model.complete());
      }
      for (int u = 0; got != null && u < units; u++) {
        assertThat(got[Ip4Header.LENGTH + 8 * u])
            .as("round %d", round)
            .isEqualTo((byte) model.value[u]);
      }
    }
    rig.advance(60);
    assertThat(rig.outstanding(v)).isZero();
  }

  private byte[] piece(int id, int from, int count, boolean last, int value) {
    byte[] f = packet(id, count * 8);
    Arrays.fill(f, Ip4Header.LENGTH, f.length, (byte) value);
    Ip4Header.putOffsetField(f, 0, from | (last ? 0 : Ip4Header.MF));
    Ip4Header.fillChecksum(f, 0);
    return f;
  }

  @Test
  void an_incomplete_packet_is_given_up_after_fragttl_without_an_error() {
    link.know("192.0.2.2", "192.0.2.1");
    link.ip(Packets.fragments(packet(1, 64), 32).getFirst());
    rig.advance(29);
    assertThat(held()).isEqualTo(1);
    rig.advance(2);
    assertThat(held()).isZero();
    assertThat(rig.dropped(v, DropReason.IP_FRAGMENT_TIMEOUT)).isEqualTo(1);
    assertThat(rig.counter(v, "ip", "dropped-fragments-after-timeout")).isEqualTo(1);
    assertThat(link.packets()).isEmpty();
  }

  @Test
  void more_fragments_than_a_packet_may_have_are_dropped_with_the_packet() {
    List<byte[]> parts = Packets.fragments(packet(2, 8 * 40), 8);
    parts.forEach(link::ip);
    assertThat(received()).isNull();
    assertThat(rig.dropped(v, DropReason.IP_FRAGMENT_LIMIT)).isGreaterThanOrEqualTo(17);
  }

  @Test
  void the_oldest_packet_makes_room_for_a_new_one() {
    rig.inet(v).ip.settings.maxfragpackets = 2;
    for (int id = 1; id <= 3; id++) {
      link.ip(Packets.fragments(packet(id, 64), 32).getFirst());
    }
    assertThat(held()).isEqualTo(2);
    link.ip(Packets.fragments(packet(1, 64), 32).getLast());
    assertThat(received()).isNull();
    link.ip(Packets.fragments(packet(3, 64), 32).getLast());
    assertThat(received()).isNotNull();
  }

  @Test
  void a_packet_that_would_grow_too_long_is_refused() {
    byte[] f = Packets.fragments(packet(4, 64), 32).getFirst();
    Ip4Header.putOffsetField(f, 0, Ip4Header.MF | 0x1fff);
    Ip4Header.fillChecksum(f, 0);
    link.ip(f);
    assertThat(rig.counter(v, "ip", "dropped-too-long")).isEqualTo(1);
    assertThat(held()).isZero();
  }

  @Test
  void what_an_interface_brought_goes_with_it() {
    link.ip(Packets.fragments(packet(5, 64), 32).getFirst());
    rig.in(
        v,
        () -> {
          rig.inet(v).purge(link.ifp);
          return 0;
        });
    assertThat(held()).isZero();
    assertThat(rig.outstanding(v)).isZero();
  }

  @Test
  void a_large_datagram_is_cut_on_the_way_out_and_keeps_its_data() {
    link.know("192.0.2.2", "192.0.2.1");
    byte[] data = Packets.data(3000);
    assertThat(Refused.by(() -> raw.send(data, 0, 3000, Ip4Address.parse("192.0.2.2"), 0)))
        .isNull();
    List<byte[]> parts = link.packets();
    assertThat(parts).hasSize(3);
    byte[] joined = new byte[3000];
    for (byte[] p : parts) {
      assertThat(p.length).isLessThanOrEqualTo(1500);
      assertThat(Ip4Header.verifies(p, 0)).isTrue();
      assertThat(Ip4Header.protocol(p, 0)).isEqualTo(99).isNotEqualTo(IpProtocol.UDP);
      System.arraycopy(p, Ip4Header.LENGTH, joined, Ip4Header.fragmentOffset(p, 0), p.length - 20);
    }
    assertThat(joined).isEqualTo(data);
  }
}
