package cellblock.userland.net.ping;

import cellblock.userland.net.Inet4;
import java.util.List;
import java.util.Locale;

/** ICMP errors and the header they quote, in words. Ancestor: sbin/ping/ping.c (pr_icmph, pr_iph). */
final class IcmpText {
  private static final List<String> REDIRECTS =
      List.of(
          "Redirect Network",
          "Redirect Host",
          "Redirect Type of Service and Network",
          "Redirect Type of Service and Host");

  private IcmpText() {}

  /** The text of an ICMP message at {@code at} in {@code packet}. */
  static String of(byte[] packet, int at) {
    int type = packet[at] & 255;
    int code = packet[at + 1] & 255;
    return switch (type) {
      case 0 -> "Echo Reply\n";
      case 3 -> unreachable(packet, at, code) + header(packet, at + 8);
      case 4 -> "Source Quench\n" + header(packet, at + 8);
      case 5 -> {
        String what = code < 4 ? REDIRECTS.get(code) : "Redirect, Bad Code: " + code;
        yield what + "(New addr: " + Inet4.format(int32(packet, at + 4)) + ")\n" + header(packet, at + 8);
      }
      case 8 -> "Echo Request\n";
      case 9 -> "Router Advertisement\n";
      case 10 -> "Router Solicitation\n";
      case 11 -> exceeded(code) + header(packet, at + 8);
      case 12 ->
          String.format("Parameter problem: pointer = 0x%02x\n", packet[at + 4] & 255)
              + header(packet, at + 8);
      case 13 -> "Timestamp\n";
      case 14 -> "Timestamp Reply\n";
      case 15 -> "Information Request\n";
      case 16 -> "Information Reply\n";
      case 17 -> "Address Mask Request\n";
      case 18 -> "Address Mask Reply\n";
      default -> "Bad ICMP type: " + type + "\n";
    };
  }

  private static String unreachable(byte[] packet, int at, int code) {
    return switch (code) {
      case 0 -> "Destination Net Unreachable\n";
      case 1 -> "Destination Host Unreachable\n";
      case 2 -> "Destination Protocol Unreachable\n";
      case 3 -> "Destination Port Unreachable\n";
      case 4 -> "frag needed and DF set (MTU " + int16(packet, at + 6) + ")\n";
      case 5 -> "Source Route Failed\n";
      case 13 -> "Communication prohibited by filter\n";
      default -> "Dest Unreachable, Bad Code: " + code + "\n";
    };
  }

  private static String exceeded(int code) {
    return switch (code) {
      case 0 -> "Time to live exceeded\n";
      case 1 -> "Frag reassembly time exceeded\n";
      default -> "Time exceeded, Bad Code: " + code + "\n";
    };
  }

  /** A quoted IP header: title line and values. */
  private static String header(byte[] packet, int at) {
    String source = Inet4.format(int32(packet, at + 12));
    String destination = Inet4.format(int32(packet, at + 16));
    int length = (packet[at] & 15) * 4;
    boolean options = length > 20 && at + length <= packet.length;
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Vr HL TOS  Len   ID Flg  off TTL Pro  cks %" + source.length() + "s %" + destination.length() + "s",
            "Src",
            "Dst"));
    text.append(options ? " Opts\n" : "\n");
    int offset = int16(packet, at + 6);
    text.append(
        String.format(
            Locale.ROOT,
            " %1x  %1x  %02x %04x %04x   %1x %04x  %02x  %02x %04x %s %s",
            packet[at] >> 4 & 15,
            packet[at] & 15,
            packet[at + 1] & 255,
            int16(packet, at + 2),
            int16(packet, at + 4),
            offset >> 13,
            offset & 0x1fff,
            packet[at + 8] & 255,
            packet[at + 9] & 255,
            int16(packet, at + 10),
            source,
            destination));
    if (options) {
      text.append(' ');
      for (int i = 20; i < length; i++) {
        text.append(String.format("%02x", packet[at + i] & 255));
      }
    }
    return text.append('\n').toString();
  }

  static int int16(byte[] packet, int at) {
    return (packet[at] & 255) << 8 | packet[at + 1] & 255;
  }

  static int int32(byte[] packet, int at) {
    return int16(packet, at) << 16 | int16(packet, at + 2);
  }
}
