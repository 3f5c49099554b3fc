package cellblock.userland.net.ping;

import cellblock.userland.net.Stdio;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The packet that is sent, over and over with another number. Network byte order. Ancestor:
 * sbin/ping/ping.c (pinger, fill).
 */
final class PingPacket {
  /** Octets of data when nothing else is said. */
  static final int DEFAULT_DATA = 56;

  /** Octets of the time stamp at the start of the data. */
  static final int TIME = 8;

  private static final int ICMP_HEADER = 8;

  private final PingOptions options;
  private final int ident;
  private final byte[] body;
  private int size;

  PingPacket(PingOptions options, int ident, Stdio io) {
    this.options = options;
    this.ident = ident;
    this.size = options.sweepMax > 0 ? options.sweepMin : options.size;
    this.body = new byte[ICMP_HEADER + options.extra() + Math.max(size, options.sweepMax) + TIME];
    int data = ICMP_HEADER + options.extra() + TIME;
    byte @Nullable [] pattern = pattern();
    for (int i = data; i < body.length; i++) {
      body[i] =
          pattern != null && pattern.length > 0
              ? pattern[(i - data) % pattern.length]
              : (byte) (i - data + TIME);
    }
    if (pattern != null && !options.quiet) {
      StringBuilder text = new StringBuilder("PATTERN: 0x");
      for (byte octet : pattern) {
        text.append(String.format("%02x", octet & 255));
      }
      io.print(text.append('\n').toString());
    }
  }

  private byte @Nullable [] pattern() {
    String digits = options.pattern;
    if (digits == null) {
      return null;
    }
    byte[] octets = new byte[Math.min(16, (digits.length() + 1) / 2)];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) Integer.parseInt(digits, 2 * i, Math.min(2 * i + 2, digits.length()), 16);
    }
    return octets;
  }

  /** Octets of data in the next packet. */
  int size() {
    return size;
  }

  void grow(int octets) {
    size += octets;
  }

  /** Whether there is room for a time stamp. */
  boolean timed() {
    return options.size >= TIME || options.sweepMax > 0 && options.sweepMin >= TIME;
  }

  /** An octet of the data as sent. */
  int data(int index) {
    return body[ICMP_HEADER + options.extra() + index] & 255;
  }

  int type() {
    return options.mask ? 17 : options.time ? 13 : 8;
  }

  int replyType() {
    return options.mask ? 18 : options.time ? 14 : 0;
  }

  int ident() {
    return ident;
  }

  /** The ICMP message number {@code sequence}, stamped. */
  byte[] message(long sequence, long nowNanos) {
    int length = ICMP_HEADER + options.extra() + size;
    ByteBuffer icmp = ByteBuffer.wrap(body.clone(), 0, Math.max(length, ICMP_HEADER));
    icmp.put(0, (byte) type()).put(1, (byte) 0).putShort(2, (short) 0);
    icmp.putShort(4, (short) ident).putShort(6, (short) sequence);
    if (options.time) {
      icmp.putInt(8, (int) (nowNanos / 1_000_000 % 86_400_000));
    }
    if (timed() && size >= TIME) {
      icmp.putInt(ICMP_HEADER + options.extra(), (int) (nowNanos / 1_000_000_000));
      icmp.putInt(ICMP_HEADER + options.extra() + 4, (int) (nowNanos % 1_000_000_000));
    }
    byte[] bytes = new byte[length];
    icmp.get(0, bytes);
    int sum = checksum(bytes, 0, length);
    bytes[2] = (byte) (sum >> 8);
    bytes[3] = (byte) sum;
    return bytes;
  }

  /** Whether the IP header is ours to write: -D, -z and -R. */
  boolean withHeader() {
    return options.dontFragment || options.tos >= 0 || options.recordRoute;
  }

  /** The message behind an IP header: identification and checksum are left to the kernel. */
  byte[] withHeader(byte[] message, int source, int destination, int ttl) {
    int header = options.recordRoute ? 60 : 20;
    ByteBuffer packet = ByteBuffer.allocate(header + message.length);
    packet.put(0, (byte) (0x40 | header / 4)).put(1, (byte) Math.max(0, options.tos));
    packet.putShort(2, (short) packet.capacity());
    packet.putShort(6, (short) (options.dontFragment ? 0x4000 : 0));
    packet.put(8, (byte) ttl).put(9, (byte) 1).putInt(12, source).putInt(16, destination);
    if (options.recordRoute) {
      packet.put(20, (byte) 7).put(21, (byte) 39).put(22, (byte) 4);
    }
    packet.put(header, message);
    return packet.array();
  }

  /** The Internet checksum. */
  static int checksum(byte[] bytes, int offset, int length) {
    long sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (bytes[offset + i] & 255L) << ((i & 1) == 0 ? 8 : 0);
    }
    while (sum >> 16 != 0) {
      sum = (sum & 0xffff) + (sum >> 16);
    }
    return (int) (~sum & 0xffff);
  }
}
