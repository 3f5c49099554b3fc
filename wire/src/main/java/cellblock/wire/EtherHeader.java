package cellblock.wire;

import org.jspecify.annotations.Nullable;

/**
 * The Ethernet II header: destination, source, type; and IEEE 802.1Q tags behind it. FreeBSD
 * ancestor: {@code struct ether_header} and {@code struct ether_vlan_header} of {@code
 * sys/net/ethernet.h} and {@code if_vlan_var.h}.
 *
 * @param destination where to
 * @param source where from
 * @param type the type field, 0 to 65535
 */
public record EtherHeader(MacAddress destination, MacAddress source, int type) {
  /** Bytes of the header. */
  public static final int LENGTH = 14;

  /** Bytes that an 802.1Q tag adds. */
  public static final int TAG_LENGTH = 4;

  /** Largest payload of a standard frame (ETHERMTU). */
  public static final int MTU = 1500;

  /** Smallest frame without its check sequence; memory links need no padding. */
  public static final int MINIMUM_FRAME = 60;

  /** IPv4. */
  public static final int TYPE_IP = 0x0800;

  /** ARP. */
  public static final int TYPE_ARP = 0x0806;

  /** Reverse ARP. */
  public static final int TYPE_REVARP = 0x8035;

  /** 802.1Q customer tag. */
  public static final int TYPE_VLAN = 0x8100;

  /** 802.1ad service tag (QinQ). */
  public static final int TYPE_QINQ = 0x88a8;

  /** IPv6. */
  public static final int TYPE_IPV6 = 0x86dd;

  /** PPPoE discovery. */
  public static final int TYPE_PPPOE_DISCOVERY = 0x8863;

  /** PPPoE session. */
  public static final int TYPE_PPPOE_SESSION = 0x8864;

  /** LACP and other slow protocols. */
  public static final int TYPE_SLOW = 0x8809;

  /** Below this the type field is an IEEE 802.3 length. */
  public static final int TYPE_MINIMUM = 0x0600;

  /** Largest VLAN number that may be used. */
  public static final int VLAN_MAXIMUM = 4094;

  /** Rejects a type of more than 16 bits. */
  public EtherHeader {
    if (type >>> 16 != 0) {
      throw new IllegalArgumentException("ether type " + type);
    }
  }

  /** Whether {@code length} bytes hold a header. */
  public static Defect check(byte[] buf, int off, int length) {
    return length < LENGTH ? Defect.TOO_SMALL : Defect.NONE;
  }

  /** Destination address bits. */
  public static long destination(byte[] buf, int off) {
    return BigEndian.get48(buf, off);
  }

  /** Stores the destination address. */
  public static void putDestination(byte[] buf, int off, long bits) {
    BigEndian.put48(buf, off, bits);
  }

  /** Source address bits. */
  public static long source(byte[] buf, int off) {
    return BigEndian.get48(buf, off + 6);
  }

  /** Stores the source address. */
  public static void putSource(byte[] buf, int off, long bits) {
    BigEndian.put48(buf, off + 6, bits);
  }

  /** The type field. */
  public static int type(byte[] buf, int off) {
    return BigEndian.get16(buf, off + 12);
  }

  /** Stores the type field. */
  public static void putType(byte[] buf, int off, int type) {
    BigEndian.put16(buf, off + 12, type);
  }

  /** Writes a whole header at {@code off}. */
  public static void put(byte[] buf, int off, long destination, long source, int type) {
    putDestination(buf, off, destination);
    putSource(buf, off, source);
    putType(buf, off, type);
  }

  /** Whether the type field announces an 802.1Q or 802.1ad tag. */
  public static boolean isTagged(byte[] buf, int off) {
    int type = type(buf, off);
    return type == TYPE_VLAN || type == TYPE_QINQ;
  }

  /** The 16 tag bits behind a tagged header: priority 3, DEI 1, VLAN 12. */
  public static int tag(byte[] buf, int off) {
    return BigEndian.get16(buf, off + LENGTH);
  }

  /** The type field behind the tag. */
  public static int innerType(byte[] buf, int off) {
    return BigEndian.get16(buf, off + LENGTH + 2);
  }

  /** VLAN number in a tag (EVL_VLANOFTAG). */
  public static int vlan(int tag) {
    return tag & 0xfff;
  }

  /** Priority code point in a tag (EVL_PRIOFTAG). */
  public static int priority(int tag) {
    return tag >>> 13 & 7;
  }

  /** Drop eligible indicator in a tag (EVL_CFIOFTAG). */
  public static int dropEligible(int tag) {
    return tag >>> 12 & 1;
  }

  /** A tag of its three parts (EVL_MAKETAG). */
  public static int makeTag(int vlan, int priority, int dropEligible) {
    return (priority & 7) << 13 | (dropEligible & 1) << 12 | vlan & 0xfff;
  }

  /**
   * Inserts a tag into the frame at {@code off}: the addresses move four bytes to the front. The
   * four bytes before {@code off} must be free.
   *
   * @return the new offset of the frame
   */
  public static int insertTag(byte[] buf, int off, int tagType, int tag) {
    int start = off - TAG_LENGTH;
    System.arraycopy(buf, off, buf, start, 12);
    BigEndian.put16(buf, start + 12, tagType);
    BigEndian.put16(buf, start + 14, tag);
    return start;
  }

  /**
   * Removes the tag of the frame at {@code off}: the addresses move four bytes to the back.
   *
   * @return the new offset of the frame
   */
  public static int removeTag(byte[] buf, int off) {
    System.arraycopy(buf, off, buf, off + TAG_LENGTH, 12);
    return off + TAG_LENGTH;
  }

  /** The header at {@code off}, null if {@link #check} refuses it. */
  public static @Nullable EtherHeader parse(byte[] buf, int off, int length) {
    if (check(buf, off, length) != Defect.NONE) {
      return null;
    }
    return new EtherHeader(
        new MacAddress(destination(buf, off)), new MacAddress(source(buf, off)), type(buf, off));
  }

  /** Writes the header at {@code off}; returns its length. */
  public int emit(byte[] buf, int off) {
    put(buf, off, destination.bits(), source.bits(), type);
    return LENGTH;
  }

  /** What tcpdump -e calls a type: {@code IPv4}, {@code ARP}, ...; {@code Unknown} otherwise. */
  public static String typeName(int type) {
    return switch (type) {
      case TYPE_IP -> "IPv4";
      case TYPE_ARP -> "ARP";
      case TYPE_REVARP -> "Reverse ARP";
      case TYPE_VLAN -> "802.1Q";
      case TYPE_QINQ -> "802.1Q-QinQ";
      case TYPE_IPV6 -> "IPv6";
      case TYPE_PPPOE_DISCOVERY -> "PPPoE D";
      case TYPE_PPPOE_SESSION -> "PPPoE S";
      case TYPE_SLOW -> "Slow Protocols";
      default -> "Unknown";
    };
  }

  /** {@code 02:.. > ff:.., ethertype ARP (0x0806)}. */
  @Override
  public String toString() {
    return "%s > %s, ethertype %s (0x%04x)".formatted(source, destination, typeName(type), type);
  }
}
