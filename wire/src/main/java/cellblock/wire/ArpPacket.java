package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * An ARP packet for IPv4 on Ethernet (RFC 826). FreeBSD ancestor: {@code struct ether_arp} of
 * {@code sys/netinet/if_ether.h}, checks of {@code sys/netinet/if_ether.c} in_arpinput.
 *
 * @param operation {@link #REQUEST}, {@link #REPLY} or another code, 0 to 65535
 * @param senderMac who speaks
 * @param senderIp its address
 * @param targetMac who is meant, zero in a request
 * @param targetIp the address asked for
 */
public record ArpPacket(
    int operation,
    MacAddress senderMac,
    Ip4Address senderIp,
    MacAddress targetMac,
    Ip4Address targetIp) {
  /** Bytes of the packet. */
  public static final int LENGTH = 28;

  /** Hardware type Ethernet. */
  public static final int HARDWARE_ETHER = 1;

  /** Request to resolve an address. */
  public static final int REQUEST = 1;

  /** Answer to a request. */
  public static final int REPLY = 2;

  /** Reverse ARP request. */
  public static final int REVERSE_REQUEST = 3;

  /** Reverse ARP reply. */
  public static final int REVERSE_REPLY = 4;

  /** Rejects an operation of more than 16 bits. */
  public ArpPacket {
    if (operation >>> 16 != 0) {
      throw new IllegalArgumentException("ARP operation " + operation);
    }
  }

  /** Whether {@code length} bytes hold an ARP packet for IPv4 on Ethernet. */
  public static Defect check(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return Defect.TOO_SMALL;
    }
    if (BigEndian.get16(buf, off) != HARDWARE_ETHER
        || BigEndian.get16(buf, off + 2) != EtherHeader.TYPE_IP) {
      return Defect.BAD_TYPE;
    }
    return BigEndian.get16(buf, off + 4) == 0x0604 ? Defect.NONE : Defect.BAD_LENGTH;
  }

  /** The operation. */
  public static int operation(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 6);
  }

  /** Stores the operation. */
  public static void putOperation(byte[] buf, int off, int operation) {
    BigEndian.put16(buf, off + 6, operation);
  }

  /** Sender's Ethernet address. */
  public static long senderMac(byte[] buf, int off) {
    return BigEndian.get48(buf, off + 8);
  }

  /** Sender's IPv4 address. */
  public static int senderIp(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 14);
  }

  /** Target's Ethernet address. */
  public static long targetMac(byte[] buf, int off) {
    return BigEndian.get48(buf, off + 18);
  }

  /** Target's IPv4 address. */
  public static int targetIp(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 24);
  }

  /** Writes a whole packet at {@code off}. */
  public static void put(
      byte[] buf,
      int off,
      int operation,
      long senderMac,
      int senderIp,
      long targetMac,
      int targetIp) {
    BigEndian.put16(buf, off, HARDWARE_ETHER);
    BigEndian.put16(buf, off + 2, EtherHeader.TYPE_IP);
    BigEndian.put16(buf, off + 4, 0x0604);
    BigEndian.put16(buf, off + 6, operation);
    BigEndian.put48(buf, off + 8, senderMac);
    BigEndian.put32(buf, off + 14, senderIp);
    BigEndian.put48(buf, off + 18, targetMac);
    BigEndian.put32(buf, off + 24, targetIp);
  }

  /** The packet at {@code off}, null if {@link #check} refuses it. */
  public static @Nullable ArpPacket parse(byte[] buf, int off, int length) {
    if (check(buf, off, length) != Defect.NONE) {
      return null;
    }
    return new ArpPacket(
        operation(buf, off),
        new MacAddress(senderMac(buf, off)),
        new Ip4Address(senderIp(buf, off)),
        new MacAddress(targetMac(buf, off)),
        new Ip4Address(targetIp(buf, off)));
  }

  /** Writes the packet at {@code off}; returns its length. */
  public int emit(byte[] buf, int off) {
    put(buf, off, operation, senderMac.bits(), senderIp.bits(), targetMac.bits(), targetIp.bits());
    return LENGTH;
  }

  /** Whether sender and target address are the same: an announcement or a conflict probe's echo. */
  public boolean isGratuitous() {
    return senderIp.equals(targetIp);
  }

  /** {@code Request who-has 192.0.2.2 tell 192.0.2.1, length 28}. */
  @Override
  public String toString() {
    return switch (operation) {
      case REQUEST -> "Request who-has " + targetIp + asked() + " tell " + senderIp + ", length 28";
      case REPLY -> "Reply " + senderIp + " is-at " + senderMac + ", length 28";
      case REVERSE_REQUEST ->
          "Reverse Request who-is " + targetMac + " tell " + senderMac + ", length 28";
      case REVERSE_REPLY -> "Reverse Reply " + targetMac + " at " + targetIp + ", length 28";
      default -> "Unknown ARP operation " + operation + ", length 28";
    };
  }

  private String asked() {
    return targetMac.equals(MacAddress.ZERO) ? "" : " (" + targetMac + ")";
  }
}
