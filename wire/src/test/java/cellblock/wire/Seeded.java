package cellblock.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random wire values from a printed seed; {@code -Dcellblock.seed=N} repeats a run. Sizes are small
 * so that edge cases (no options, no sources, all zero groups) are common.
 */
final class Seeded {
  static final int ROUNDS = 10_000;

  private final SplittableRandom random;

  private Seeded(long seed) {
    random = new SplittableRandom(seed);
  }

  static Seeded forTest(String test) {
    long seed = Long.getLong("cellblock.seed", new SplittableRandom().nextLong());
    System.out.println(test + ": -Dcellblock.seed=" + seed);
    return new Seeded(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  int u8() {
    return random.nextInt(256);
  }

  int u16() {
    return random.nextInt(65536);
  }

  int u32() {
    return random.nextInt();
  }

  long u64() {
    return random.nextLong();
  }

  boolean flag() {
    return random.nextBoolean();
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  Octets octets(int maximum, int multiple) {
    return Octets.of(bytes(below(maximum / multiple + 1) * multiple));
  }

  MacAddress mac() {
    return new MacAddress(u64() >>> 16);
  }

  Ip4Address ip4() {
    return new Ip4Address(below(4) == 0 ? u32() & u32() & u32() : u32());
  }

  Ip6Address ip6() {
    long hi = 0;
    long lo = 0;
    for (int i = 0; i < 8; i++) {
      int group = flag() ? 0 : flag() ? u16() : below(16);
      hi = hi << 16 | lo >>> 48;
      lo = lo << 16 | group;
    }
    return switch (below(16)) {
      case 0 -> Ip6Address.mapped(u32());
      case 1 -> new Ip6Address(0, u32() & 0xffff_ffffL, 0);
      case 2 -> new Ip6Address(0, 0xffff_0000L << 16, 0);
      default -> new Ip6Address(hi, lo, 0);
    };
  }

  List<Ip4Address> ip4s(int maximum) {
    List<Ip4Address> list = new ArrayList<>();
    for (int i = below(maximum + 1); i > 0; i--) {
      list.add(ip4());
    }
    return list;
  }

  EtherHeader ether() {
    return new EtherHeader(mac(), mac(), u16());
  }

  ArpPacket arp() {
    return new ArpPacket(flag() ? below(6) : u16(), mac(), ip4(), mac(), ip4());
  }

  Ip4Header header4() {
    return header4(u8(), u16());
  }

  Ip4Header header4(int protocol, int totalLength) {
    int flags = u16() & (Ip4Header.RF | Ip4Header.DF | Ip4Header.MF);
    int offset = flag() ? 0 : below(8192) * 8;
    Octets options = flag() ? Octets.EMPTY : octets(40, 4);
    return new Ip4Header(
        u8(), totalLength, u16(), flags, offset, u8(), protocol, ip4(), ip4(), options);
  }

  Ip6Header header6() {
    return new Ip6Header(u8(), below(1 << 20), u16(), u8(), u8(), ip6(), ip6());
  }

  Icmp4Message icmp4() {
    return new Icmp4Message(flag() ? below(20) : u8(), below(17), u32(), octets(64, 1));
  }

  Icmp6Message icmp6() {
    int type = flag() ? below(5) : 128 + below(20);
    return new Icmp6Message(type, below(6), u32(), octets(64, 1));
  }

  UdpHeader udp() {
    return new UdpHeader(u16(), u16(), u16(), u16());
  }

  TcpHeader tcp() {
    Octets options = flag() ? tcpOptions().toOctets() : octets(40, 4);
    return new TcpHeader(u16(), u16(), u32(), u32(), below(4096), u16(), u16(), u16(), options);
  }

  TcpOptions tcpOptions() {
    boolean stamps = flag();
    List<TcpOptions.Sack> sacks = new ArrayList<>();
    int mss = flag() ? u16() : -1;
    int scale = flag() ? below(15) : -1;
    boolean permitted = flag();
    int room = mss < 0 && scale < 0 && !permitted ? stamps ? 3 : 4 : 0;
    for (int i = below(room + 1); i > 0; i--) {
      sacks.add(new TcpOptions.Sack(u32(), u32()));
    }
    int value = stamps ? u32() : 0;
    return new TcpOptions(mss, scale, permitted, stamps, value, stamps ? u32() : 0, sacks);
  }

  IgmpMessage igmp() {
    return switch (below(3)) {
      case 0 -> {
        int type = flag() ? 0x11 + below(8) : u8();
        yield type == IgmpMessage.REPORT3
            ? new IgmpMessage.Report3(List.of())
            : new IgmpMessage.Brief(type, u8(), ip4());
      }
      case 1 -> new IgmpMessage.Query3(u8(), ip4(), flag(), below(8), u8(), ip4s(4));
      default -> {
        List<IgmpMessage.GroupRecord> records = new ArrayList<>();
        for (int i = below(4); i > 0; i--) {
          records.add(new IgmpMessage.GroupRecord(below(8), ip4(), ip4s(3), octets(8, 4)));
        }
        yield new IgmpMessage.Report3(records);
      }
    };
  }
}
