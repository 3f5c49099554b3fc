package cellblock.userland.net.tcpdump;

/**
 * Where the headers of a captured frame are. Offsets are -1 where there is no such header, or not
 * enough of it.
 */
final class Packet {
  private static final int IP = 0x0800;
  private static final int IP6 = 0x86dd;

  final byte[] buf;
  final int length;
  final boolean ether;
  int etherType = -1;
  int network = -1;
  int protocol = -1;
  int transport = -1;
  int vlan = -1;
  boolean laterFragment;

  /**
   * @param length bytes that the frame had before it was cut
   */
  Packet(int linkType, byte[] buf, int length) {
    this.buf = buf;
    this.length = length;
    this.ether = linkType == 1;
    int at;
    if (ether) {
      at = 14;
      etherType = get(12, 2);
      while ((etherType == 0x8100 || etherType == 0x88a8) && buf.length >= at + 4) {
        vlan = get(at, 2) & 0xfff;
        etherType = get(at + 2, 2);
        at += 4;
      }
    } else {
      at = linkType == 0 ? 4 : 0;
      int version = get(at, 1) >> 4;
      etherType = version == 4 ? IP : version == 6 ? IP6 : -1;
    }
    if (at <= buf.length) {
      network = at;
    }
    if (etherType == IP) {
      ip4();
    } else if (etherType == IP6) {
      ip6();
    }
  }

  private void ip4() {
    if (network < 0 || buf.length < network + 20) {
      return;
    }
    protocol = get(network + 9, 1);
    laterFragment = (get(network + 6, 2) & 0x1fff) != 0;
    int at = network + 4 * (get(network, 1) & 15);
    transport = !laterFragment && at <= buf.length ? at : -1;
  }

  /** The protocol is the next header of the fixed one, as pcap's "ip6 proto" has it. */
  private void ip6() {
    if (network >= 0 && buf.length >= network + 40) {
      protocol = get(network + 6, 1);
      transport = network + 40;
    }
  }

  boolean isIp4() {
    return etherType == IP && protocol >= 0;
  }

  boolean isIp6() {
    return etherType == IP6 && protocol >= 0;
  }

  /** {@code size} bytes as a number, or -1 where the frame was cut off before. */
  int get(int at, int size) {
    if (at < 0 || at + size > buf.length) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | buf[at + i] & 0xff;
    }
    return value;
  }

  /** Whether the first {@code bits} at {@code at} are those of {@code wanted}. */
  boolean matches(int at, byte[] wanted, int bits) {
    if (at < 0 || at + wanted.length > buf.length) {
      return false;
    }
    for (int i = 0; i * 8 < bits; i++) {
      int mask = bits - i * 8 >= 8 ? 0xff : 0xff << 8 - (bits - i * 8) & 0xff;
      if (((buf[at + i] ^ wanted[i]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
