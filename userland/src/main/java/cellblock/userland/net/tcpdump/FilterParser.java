package cellblock.userland.net.tcpdump;

import cellblock.wire.IpAddress;
import cellblock.wire.MacAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles pcap-filter(7): qualifiers and ids, relations, and/or of equal strength from left to
 * right, not. Ancestor: libpcap's grammar.y and gencode.c; here the code is a tree of tests.
 */
final class FilterParser {
  private static final List<String> PROTOCOLS =
      List.of("ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp", "icmp6", "igmp");
  private static final List<String> TYPES = List.of("host", "net", "port", "portrange", "proto");

  /** Parentheses within parentheses. */
  private static final int DEEPEST = 100;

  /** What stands before an id. */
  private record Qualifiers(String protocol, String direction, String type) {}

  private final FilterWords words;
  private final FilterNumbers numbers;
  private int depth;
  private Qualifiers last = new Qualifiers("", "", "");

  private FilterParser(String text) {
    words = new FilterWords(text);
    numbers = new FilterNumbers(words);
  }

  /** Compiles; an empty text lets everything through. */
  static Filter compile(String text) {
    if (text.isBlank()) {
      return Filter.ALL;
    }
    FilterParser parser = new FilterParser(text);
    Filter f = parser.expression();
    if (!parser.words.peek().text().isEmpty()) {
      throw parser.words.error("syntax error");
    }
    return f;
  }

  private Filter expression() {
    Filter f = factor();
    while (true) {
      if (words.accept("and", "&&")) {
        f = f.and(factor());
      } else if (words.accept("or", "||")) {
        f = f.or(factor());
      } else {
        return f;
      }
    }
  }

  private Filter factor() {
    if (words.accept("not", "!")) {
      if (++depth > DEEPEST) {
        throw words.error("nested too deeply");
      }
      Filter negated = factor().not();
      depth--;
      return negated;
    }
    boolean group = words.peek().text().equals("(");
    if (group || numbers.starts()) {
      Filter relation = relation(group);
      if (relation != null) {
        return relation;
      }
    }
    if (words.accept("(")) {
      if (++depth > DEEPEST) {
        throw words.error("nested too deeply");
      }
      Filter inner = expression();
      words.expect(")");
      depth--;
      return inner;
    }
    return primitive();
  }

  /** A relation, or null and nothing taken. A group may be one of numbers, or of tests. */
  private @Nullable Filter relation(boolean group) {
    int mark = words.mark();
    Filter relation = null;
    try {
      relation = numbers.relation();
    } catch (Filter.SyntaxError e) {
      if (!group) {
        throw e;
      }
    }
    if (relation == null) {
      words.reset(mark);
    }
    return relation;
  }

  private Filter primitive() {
    if (words.accept("greater")) {
      long n = number();
      return p -> p.length >= n;
    }
    if (words.accept("less")) {
      long n = number();
      return p -> p.length <= n;
    }
    if (words.accept("vlan")) {
      if (!words.peek().text().matches("\\d+")) {
        return p -> p.vlan >= 0;
      }
      long id = number();
      return p -> p.vlan == id;
    }
    if (words.accept("broadcast")) {
      return etherBroadcast();
    }
    if (words.accept("multicast")) {
      return etherMulticast();
    }
    return qualified();
  }

  private static Filter etherBroadcast() {
    return p -> p.ether && p.get(0, 4) == -1 && p.get(4, 2) == 0xffff;
  }

  private static Filter etherMulticast() {
    return p -> p.ether && p.buf.length > 0 && (p.buf[0] & 1) != 0;
  }

  private long number() {
    String t = words.peek().text();
    try {
      long n = Long.decode(t);
      words.take();
      return n;
    } catch (NumberFormatException e) {
      throw words.error("expected a number");
    }
  }

  private Filter qualified() {
    String protocol = PROTOCOLS.contains(words.peek().text()) ? words.take().text() : "";
    if (words.peek().text().equals("broadcast") && protocol.equals("ether")) {
      words.take();
      return etherBroadcast();
    }
    if (words.peek().text().equals("multicast") && !protocol.isEmpty()) {
      words.take();
      return multicast(protocol);
    }
    String direction = direction();
    String type = TYPES.contains(words.peek().text()) ? words.take().text() : "";
    boolean bare = direction.isEmpty() && type.isEmpty();
    if (bare && !protocol.isEmpty() && !isId()) {
      last = new Qualifiers("", "", "");
      return protocol(protocol);
    }
    if (!isId()) {
      throw words.error("syntax error");
    }
    Qualifiers q = new Qualifiers(protocol, direction, type);
    if (bare && protocol.isEmpty()) {
      q = last;
    }
    last = q;
    return id(q);
  }

  private String direction() {
    if (!words.peek().text().equals("src") && !words.peek().text().equals("dst")) {
      return "";
    }
    String one = words.take().text();
    String joint = words.peek().text();
    String other = words.peek(1).text();
    if ((joint.equals("or") || joint.equals("and"))
        && (other.equals("src") || other.equals("dst"))
        && !other.equals(one)) {
      words.take();
      words.take();
      return joint;
    }
    return one;
  }

  private boolean isId() {
    String t = words.peek().text();
    return !t.isEmpty()
        && (Character.isLetterOrDigit(t.charAt(0)) || t.charAt(0) == ':' || t.charAt(0) == '\\')
        && !List.of("and", "or", "not").contains(t);
  }

  /** One way, either or both. */
  private static Filter ways(String direction, Filter source, Filter destination) {
    return switch (direction) {
      case "src" -> source;
      case "dst" -> destination;
      case "and" -> source.and(destination);
      default -> source.or(destination);
    };
  }

  private Filter id(Qualifiers q) {
    String type = q.type().isEmpty() ? "host" : q.type();
    return switch (type) {
      case "port", "portrange" -> ports(q, type.equals("portrange"));
      case "proto" -> proto(q.protocol());
      case "net" -> net(q);
      default -> q.protocol().equals("ether") ? etherHost(q) : host(q);
    };
  }

  private Filter etherHost(Qualifiers q) {
    MacAddress mac = MacAddress.tryParse(words.peek().text());
    if (mac == null) {
      throw words.error("expected an Ethernet address");
    }
    words.take();
    byte[] b = new byte[6];
    for (int i = 0; i < 6; i++) {
      b[i] = (byte) (mac.bits() >>> 40 - 8 * i);
    }
    return ways(
        q.direction(), p -> p.ether && p.matches(6, b, 48), p -> p.ether && p.matches(0, b, 48));
  }

  private Filter host(Qualifiers q) {
    IpAddress a = IpAddress.tryParse(words.peek().text());
    if (a == null) {
      throw words.error("expected an address");
    }
    words.take();
    byte[] b = bytes(a);
    return address(q, b, b.length * 8);
  }

  private static byte[] bytes(IpAddress a) {
    byte[] b = new byte[a.toString().contains(":") ? 16 : 4];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) (i < 8 ? a.hi() >>> 56 - 8 * i : a.lo() >>> 56 - 8 * (i - 8));
    }
    return b;
  }

  private Filter net(Qualifiers q) {
    String text = words.take().text();
    byte[] b;
    int bits;
    if (text.contains(":")) {
      IpAddress a = IpAddress.tryParse(text);
      if (a == null) {
        throw words.error("bad network " + text);
      }
      b = bytes(a);
      bits = 128;
    } else {
      String[] parts = text.split("\\.", -1);
      b = new byte[4];
      if (parts.length > 4) {
        throw words.error("bad network " + text);
      }
      for (int i = 0; i < parts.length; i++) {
        if (!parts[i].matches("\\d{1,3}") || Integer.parseInt(parts[i]) > 255) {
          throw words.error("bad network " + text);
        }
        b[i] = (byte) Integer.parseInt(parts[i]);
      }
      bits = 8 * parts.length;
    }
    if (words.accept("/")) {
      long n = number();
      if (n < 0 || n > b.length * 8L) {
        throw words.error("mask length must be <= " + b.length * 8);
      }
      bits = (int) n;
    } else if (words.accept("mask")) {
      IpAddress mask = IpAddress.tryParse(words.take().text());
      if (mask == null || b.length != 4) {
        throw words.error("bad mask");
      }
      bits = Long.bitCount(mask.hi());
    }
    return address(q, b, bits);
  }

  private static Filter address(Qualifiers q, byte[] b, int bits) {
    String protocol = q.protocol();
    boolean six = b.length == 16;
    Filter source = p -> false;
    Filter destination = p -> false;
    if (six) {
      source = p -> p.isIp6() && p.matches(p.network + 8, b, bits);
      destination = p -> p.isIp6() && p.matches(p.network + 24, b, bits);
    } else {
      if (!protocol.equals("arp") && !protocol.equals("rarp")) {
        source = p -> p.isIp4() && p.matches(p.network + 12, b, bits);
        destination = p -> p.isIp4() && p.matches(p.network + 16, b, bits);
      }
      if (protocol.isEmpty() || protocol.equals("arp") || protocol.equals("rarp")) {
        source = source.or(p -> isArp(p, protocol) && p.matches(p.network + 14, b, bits));
        destination = destination.or(p -> isArp(p, protocol) && p.matches(p.network + 24, b, bits));
      }
    }
    Filter f = ways(q.direction(), source, destination);
    return List.of("", "ip", "ip6", "arp", "rarp").contains(protocol)
        ? f
        : protocol(protocol).and(f);
  }

  private static boolean isArp(Packet p, String protocol) {
    return p.etherType == 0x806 && !protocol.equals("rarp")
        || p.etherType == 0x8035 && !protocol.equals("arp");
  }

  private Filter ports(Qualifiers q, boolean range) {
    String t = words.peek().text();
    String[] ends = range ? t.split("-", 2) : new String[] {t};
    int from = port(ends[0]);
    int to = ends.length > 1 ? port(ends[1]) : from;
    words.take();
    Filter source = p -> portAt(p, p.transport, from, to);
    Filter destination = p -> portAt(p, p.transport + 2, from, to);
    Filter f = ways(q.direction(), source, destination);
    return switch (q.protocol()) {
      case "" -> f;
      case "tcp", "udp", "ip", "ip6" -> protocol(q.protocol()).and(f);
      default -> throw words.error("'" + q.protocol() + "' has no ports");
    };
  }

  private int port(String text) {
    int named =
        switch (text) {
          case "echo" -> 7;
          case "discard" -> 9;
          case "daytime" -> 13;
          case "ssh" -> 22;
          case "domain" -> 53;
          case "http" -> 80;
          case "ntp" -> 123;
          case "https" -> 443;
          default -> -1;
        };
    if (named >= 0) {
      return named;
    }
    if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
      throw words.error("illegal port");
    }
    return Integer.parseInt(text);
  }

  private static boolean portAt(Packet p, int at, int from, int to) {
    if (p.transport < 0 || p.protocol != 6 && p.protocol != 17 && p.protocol != 132) {
      return false;
    }
    int port = p.get(at, 2);
    return port >= from && port <= to;
  }

  private Filter proto(String of) {
    String t = words.peek().text().replace("\\", "");
    if (of.equals("ether")) {
      int type =
          t.equals("ip") ? 0x800 : t.equals("ip6") ? 0x86dd : t.equals("arp") ? 0x806 : decode(t);
      words.take();
      return p -> p.ether && p.etherType == type;
    }
    Integer known = protocolNumber(t);
    int number = known == null ? decode(t) : known;
    words.take();
    Filter f = p -> p.protocol == number && (p.isIp4() || p.isIp6());
    return of.isEmpty() ? f : protocol(of).and(f);
  }

  private int decode(String text) {
    try {
      return Integer.decode(text);
    } catch (NumberFormatException e) {
      throw words.error("unknown protocol");
    }
  }

  static @Nullable Integer protocolNumber(String name) {
    return switch (name) {
      case "icmp" -> 1;
      case "igmp" -> 2;
      case "tcp" -> 6;
      case "udp" -> 17;
      case "icmp6" -> 58;
      default -> null;
    };
  }

  /** Whether {@code p} carries a transport protocol. */
  static boolean carries(Packet p, String name) {
    Integer number = protocolNumber(name);
    if (number == null || p.protocol != number) {
      return false;
    }
    return switch (name) {
      case "icmp", "igmp" -> p.isIp4();
      case "icmp6" -> p.isIp6();
      default -> p.isIp4() || p.isIp6();
    };
  }

  private static Filter protocol(String name) {
    return switch (name) {
      case "ether" -> p -> p.ether;
      case "ip" -> Packet::isIp4;
      case "ip6" -> Packet::isIp6;
      case "arp" -> p -> p.etherType == 0x806;
      case "rarp" -> p -> p.etherType == 0x8035;
      default -> p -> carries(p, name);
    };
  }

  private static Filter multicast(String protocol) {
    return switch (protocol) {
      case "ip" -> p -> p.isIp4() && p.get(p.network + 16, 1) >>> 4 == 14;
      case "ip6" -> p -> p.isIp6() && p.get(p.network + 24, 1) == 0xff;
      default -> etherMulticast();
    };
  }
}
