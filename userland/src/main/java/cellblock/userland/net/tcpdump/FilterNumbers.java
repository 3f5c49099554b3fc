package cellblock.userland.net.tcpdump;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a filter: {@code ip[2:2] > 576}, {@code tcp[tcpflags] & tcp-syn != 0}. A value
 * that is not there is {@link #ABSENT}, and no relation holds for it.
 */
final class FilterNumbers {
  /** What a load beyond the packet, or of another protocol, gives. */
  static final long ABSENT = Long.MIN_VALUE;

  /** A number of a packet. */
  @FunctionalInterface
  interface Number {
    long of(Packet p);
  }

  private static final Map<String, Integer> NAMES = names();

  private final FilterWords words;
  private int depth;

  FilterNumbers(FilterWords words) {
    this.words = words;
  }

  private static Map<String, Integer> names() {
    Map<String, Integer> names = new LinkedHashMap<>();
    String all =
        "icmptype 0 icmpcode 1 icmp6type 0 icmp6code 1 tcpflags 13 icmp-echoreply 0 icmp-unreach 3"
            + " icmp-sourcequench 4 icmp-redirect 5 icmp-echo 8 icmp-routeradvert 9"
            + " icmp-routersolicit 10 icmp-timxceed 11 icmp-paramprob 12 icmp-tstamp 13"
            + " icmp-tstampreply 14 icmp-ireq 15 icmp-ireqreply 16 icmp-maskreq 17"
            + " icmp-maskreply 18 tcp-fin 1 tcp-syn 2 tcp-rst 4 tcp-push 8 tcp-ack 16 tcp-urg 32"
            + " tcp-ece 64 tcp-cwr 128 icmp6-echo 128 icmp6-echoreply 129 icmp6-neighborsolicit 135"
            + " icmp6-neighboradvert 136 icmp6-routersolicit 133 icmp6-routeradvert 134";
    String[] parts = all.split(" ");
    for (int i = 0; i < parts.length; i += 2) {
      names.put(parts[i], Integer.valueOf(parts[i + 1]));
    }
    return names;
  }

  /** Whether a relation may begin here. */
  boolean starts() {
    String t = words.peek().text();
    return t.equals("len")
        || NAMES.containsKey(t)
        || words.peek(1).text().equals("[")
        || !t.isEmpty() && Character.isDigit(t.charAt(0)) && t.matches("0x[0-9a-fA-F]+|\\d+");
  }

  /** A relation; null when what stands here is a number without one. */
  @Nullable Filter relation() {
    depth = 0;
    Number left = sum(0);
    String op = words.peek().text();
    switch (op) {
      case "=", "==", "!=", "<", ">", "<=", ">=" -> words.take();
      default -> {
        return null;
      }
    }
    Number right = sum(0);
    return p -> {
      long l = left.of(p);
      long r = right.of(p);
      if (l == ABSENT || r == ABSENT) {
        return false;
      }
      return switch (op) {
        case "=", "==" -> l == r;
        case "!=" -> l != r;
        case "<" -> l < r;
        case ">" -> l > r;
        case "<=" -> l <= r;
        default -> l >= r;
      };
    };
  }

  private static final String[][] LEVELS = {
    {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}
  };

  private Number sum(int level) {
    if (level == LEVELS.length) {
      return atom();
    }
    Number left = sum(level + 1);
    while (true) {
      String op = words.peek().text();
      if (!List.of(LEVELS[level]).contains(op)) {
        return left;
      }
      words.take();
      Number l = left;
      Number r = sum(level + 1);
      left = p -> combine(op, l.of(p), r.of(p));
    }
  }

  private static long combine(String op, long a, long b) {
    if (a == ABSENT || b == ABSENT || b == 0 && (op.equals("/") || op.equals("%"))) {
      return ABSENT;
    }
    long value =
        switch (op) {
          case "|" -> a | b;
          case "^" -> a ^ b;
          case "&" -> a & b;
          case "<<" -> b > 31 ? 0 : a << b;
          case ">>" -> b > 31 ? 0 : a >> b;
          case "+" -> a + b;
          case "-" -> a - b;
          case "*" -> a * b;
          case "/" -> a / b;
          default -> a % b;
        };
    return value & 0xffff_ffffL;
  }

  private Number atom() {
    if (words.accept("(")) {
      if (++depth > 100) {
        throw words.error("nested too deeply");
      }
      Number inner = sum(0);
      words.expect(")");
      depth--;
      return inner;
    }
    String t = words.peek().text();
    if (t.equals("len")) {
      words.take();
      return p -> p.length;
    }
    if (words.peek(1).text().equals("[")) {
      return load();
    }
    Integer named = NAMES.get(t);
    if (named != null) {
      words.take();
      return p -> named;
    }
    try {
      long value = Long.decode(t);
      words.take();
      return p -> value & 0xffff_ffffL;
    } catch (NumberFormatException e) {
      throw words.error("expected a number");
    }
  }

  private Number load() {
    String of = words.peek().text();
    if (!List.of("ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp", "icmp6", "igmp")
        .contains(of)) {
      throw words.error("no such protocol");
    }
    words.take();
    words.expect("[");
    Number at = sum(0);
    int size = 1;
    if (words.accept(":")) {
      String t = words.peek().text();
      if (!t.equals("1") && !t.equals("2") && !t.equals("4")) {
        throw words.error("data size must be 1, 2, or 4");
      }
      words.take();
      size = Integer.parseInt(t);
    }
    words.expect("]");
    int bytes = size;
    return p -> {
      int base = base(of, p);
      long offset = at.of(p);
      if (base < 0 || offset < 0 || offset > 65_535 || base + offset + bytes > p.buf.length) {
        return ABSENT;
      }
      return p.get(base + (int) offset, bytes) & 0xffff_ffffL;
    };
  }

  private static int base(String of, Packet p) {
    return switch (of) {
      case "ether" -> p.ether ? 0 : -1;
      case "ip" -> p.isIp4() ? p.network : -1;
      case "ip6" -> p.isIp6() ? p.network : -1;
      case "arp" -> p.etherType == 0x806 ? p.network : -1;
      case "rarp" -> p.etherType == 0x8035 ? p.network : -1;
      default -> FilterParser.carries(p, of) ? p.transport : -1;
    };
  }
}
