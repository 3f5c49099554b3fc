package cellblock.packetdrill;

import cellblock.packetdrill.PacketSpec.Icmp;
import cellblock.packetdrill.PacketSpec.IpSpec;
import cellblock.packetdrill.PacketSpec.Option;
import cellblock.packetdrill.PacketSpec.Ports;
import cellblock.packetdrill.PacketSpec.Tcp;
import cellblock.packetdrill.PacketSpec.TosCheck;
import cellblock.packetdrill.PacketSpec.Udp;
import cellblock.wire.TcpHeader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind {@code <} or {@code >}. Threading: one thread. */
final class PacketParser {
  private static final Map<String, Integer> ECN = Map.of("noecn", 0, "ect1", 1, "ect0", 2, "ce", 3);
  private static final Map<String, Integer> DSCP = Map.of("ef", 46, "le", 1, "voice-admit", 44);

  private final Cursor in;
  private final OptionParser options;

  PacketParser(Cursor in) {
    this.in = in;
    this.options = new OptionParser(in);
  }

  PacketSpec packet() throws ScriptException {
    boolean outbound = in.next().is(">");
    IpSpec ip = IpSpec.NONE;
    if (in.peek().is("(") || in.peek().is("[")) {
      ip = ipSpec(in.next().is("(") ? ")" : "]");
      if (!outbound && (ip.check() == TosCheck.ECT01 || ip.check() == TosCheck.DSCP_ECT01)) {
        throw in.unexpected("a packet: ect01 is for outbound packets only");
      }
    }
    if (in.takeWord("icmp")) {
      return new PacketSpec(outbound, ip, icmp());
    }
    if (in.takeWord("udp")) {
      Ports ports = ports();
      in.expect("(");
      int length = (int) in.unsigned("payload length", 16);
      in.expect(")");
      return new PacketSpec(outbound, ip, new Udp(ports, length));
    }
    return new PacketSpec(outbound, ip, tcp(outbound));
  }

  // ---- IP ----

  private IpSpec ipSpec(String end) throws ScriptException {
    IpSpec ip = IpSpec.NONE;
    do {
      ip = ipItem(ip);
    } while (in.take(","));
    in.expect(end);
    return ip;
  }

  private IpSpec ipItem(IpSpec ip) throws ScriptException {
    Token t = in.peek();
    String word = in.word("ttl, hlim, tos, class, dscp, ecn or flowlabel");
    switch (word) {
      case "ttl", "hlim" -> {
        int ttl = (int) in.unsigned(word, 8);
        return new IpSpec(ip.check(), ip.tos(), ttl, ip.flowLabel());
      }
      case "flowlabel" -> {
        int label = (int) in.unsigned(word, 20);
        return new IpSpec(ip.check(), ip.tos(), ip.ttl(), label);
      }
      case "tos", "class" -> {
        return tos(ip, t, TosCheck.ALL, (int) in.unsigned(word, 8));
      }
      case "dscp" -> {
        return tos(ip, t, TosCheck.DSCP, dscp() << 2);
      }
      case "ecn" -> {
        return ecn(ip, t, in.word("noecn, ect0, ect1, ect01 or ce"));
      }
      default -> {
        return ecn(ip, t, word);
      }
    }
  }

  private IpSpec ecn(IpSpec ip, Token t, String word) throws ScriptException {
    if (word.equals("ect01")) {
      return tos(ip, t, TosCheck.ECT01, 0);
    }
    Integer bits = ECN.get(word);
    if (bits == null) {
      throw Cursor.error(
          t, "expected ttl, hlim, tos, class, dscp, ecn or flowlabel, found '" + word + "'");
    }
    return tos(ip, t, TosCheck.ECN, bits);
  }

  /** Joins what is said of the class: DSCP and ECN may be said one by one. */
  private static IpSpec tos(IpSpec ip, Token t, TosCheck more, int bits) throws ScriptException {
    TosCheck check =
        switch (ip.check()) {
          case NONE -> more;
          case DSCP ->
              more == TosCheck.ECN
                  ? TosCheck.ALL
                  : more == TosCheck.ECT01 ? TosCheck.DSCP_ECT01 : null;
          case ECN -> more == TosCheck.DSCP ? TosCheck.ALL : null;
          case ECT01 -> more == TosCheck.DSCP ? TosCheck.DSCP_ECT01 : null;
          default -> null;
        };
    if (check == null) {
      throw Cursor.error(t, "the traffic class is set already");
    }
    return new IpSpec(check, ip.tos() | bits, ip.ttl(), ip.flowLabel());
  }

  private int dscp() throws ScriptException {
    if (in.atInteger()) {
      return (int) in.unsigned("dscp", 6);
    }
    Token t = in.peek();
    String word = in.word("a code point");
    Integer known = DSCP.get(word);
    if (known != null) {
      return known;
    }
    if (word.matches("cs[0-7]")) {
      return (word.charAt(2) - '0') << 3;
    }
    if (word.matches("af[1-4][1-3]")) {
      return (word.charAt(2) - '0') << 3 | (word.charAt(3) - '0') << 1;
    }
    throw Cursor.error(t, "unknown code point " + word);
  }

  // ---- ports ----

  private @Nullable Ports ports() throws ScriptException {
    if (in.peek().kind() == Token.Kind.INTEGER && in.peek(1).is(">")) {
      int source = (int) in.unsigned("source port", 16);
      in.expect(">");
      return new Ports(source, (int) in.unsigned("destination port", 16));
    }
    return null;
  }

  private @Nullable Ports encapsulation() throws ScriptException {
    if (!in.take("/")) {
      return null;
    }
    if (!in.takeWord("udp")) {
      throw in.unexpected("udp");
    }
    in.expect("(");
    int source = (int) in.unsigned("source port", 16);
    in.expect(">");
    int destination = (int) in.unsigned("destination port", 16);
    in.expect(")");
    return new Ports(source, destination);
  }

  // ---- TCP ----

  /** A range of sequence numbers: {@code 1:11(10)}. */
  private record Range(long seq, int length, boolean absolute, boolean any) {}

  private Tcp tcp(boolean outbound) throws ScriptException {
    final Ports ports = ports();
    Token at = in.peek();
    String letters = flags();
    int flags = 0;
    boolean ace = false;
    for (char c : letters.toCharArray()) {
      ace |= c >= '0' && c <= '7';
      flags |= flag(at, c);
    }
    Range range = range();
    long ack = in.takeWord("ack") ? in.unsigned("ack", 32) : 0;
    int window = in.takeWord("win") ? (int) in.unsigned("win", 16) : -1;
    if (window < 0 && !outbound) {
      throw in.unexpected("'win': an inbound segment needs a window");
    }
    int urgent = in.takeWord("urg") ? (int) in.unsigned("urg", 16) : 0;
    List<Option> list = List.of();
    if (in.take("<")) {
      list = options.options(outbound);
    }
    Ports encaps = encapsulation();
    return new Tcp(
        ports,
        flags,
        ace,
        range.seq,
        range.absolute,
        range.any,
        range.length,
        ack,
        window,
        urgent,
        list,
        encaps);
  }

  /** The letters of the flags; the dot is ACK, a digit the three bits of ACE. */
  private String flags() throws ScriptException {
    StringBuilder letters = new StringBuilder();
    Token t = in.peek();
    if (t.is("-")) {
      in.next();
      return "";
    }
    if (t.kind() == Token.Kind.WORD) {
      letters.append(in.next().text());
    }
    Token dot = in.peek();
    if (dot.kind() == Token.Kind.FLOAT && dot.text().startsWith(".")) {
      return letters.append(in.next().text()).toString();
    }
    if (in.take(".")) {
      letters.append('.');
      if (in.peek().kind() == Token.Kind.WORD && !letters.isEmpty()) {
        letters.append(in.next().text());
      }
    }
    if (letters.isEmpty()) {
      throw in.unexpected("TCP flags");
    }
    return letters.toString();
  }

  private static int flag(Token at, char c) throws ScriptException {
    return switch (c) {
      case '.' -> TcpHeader.ACK;
      case 'F' -> TcpHeader.FIN;
      case 'S' -> TcpHeader.SYN;
      case 'R' -> TcpHeader.RST;
      case 'P' -> TcpHeader.PSH;
      case 'U' -> TcpHeader.URG;
      case 'E' -> TcpHeader.ECE;
      case 'W' -> TcpHeader.CWR;
      case 'A' -> TcpHeader.AE;
      case '0', '1', '2', '3', '4', '5', '6', '7' -> (c - '0') * TcpHeader.ECE;
      default -> throw Cursor.error(at, "unknown TCP flag '" + c + "'");
    };
  }

  private Range range() throws ScriptException {
    if (in.takeEllipsis()) {
      in.expect("(");
      int length = (int) in.unsigned("payload length", 16);
      in.expect(")");
      return new Range(0, length, false, true);
    }
    Token t = in.peek();
    long from = in.unsigned("sequence number", 32);
    in.expect(":");
    long to = in.unsigned("sequence number", 32);
    in.expect("(");
    int length = (int) in.unsigned("payload length", 16);
    in.expect(")");
    if (((from + length) & 0xffff_ffffL) != to) {
      throw Cursor.error(t, "sequence numbers do not fit the payload length");
    }
    return new Range(from, length, in.take("!"), false);
  }

  // ---- ICMP ----

  private Icmp icmp() throws ScriptException {
    Token at = in.peek();
    String type = in.word("an ICMP type");
    String code = null;
    if (in.peek().kind() == Token.Kind.WORD
        && !in.peek().isWord("mtu")
        && !in.peek().isWord("id")) {
      code = in.next().text();
    }
    if (!IcmpNames.known(type, code)) {
      throw Cursor.error(at, "unknown ICMP message " + type + (code == null ? "" : " " + code));
    }
    long mtu = in.takeWord("mtu") ? in.unsigned("mtu", 32) : -1;
    int id = in.takeWord("id") ? (int) in.unsigned("id", 16) : 0;
    boolean quotes = in.take("[");
    boolean udp = false;
    Range range = new Range(0, 0, false, false);
    Ports encaps = null;
    if (quotes) {
      udp = in.takeWord("udp");
      if (udp) {
        in.expect("(");
        range = new Range(0, (int) in.unsigned("payload length", 16), false, false);
        in.expect(")");
      } else {
        range = range();
        encaps = encapsulation();
      }
      in.expect("]");
    }
    return new Icmp(
        at.line(), at.column(), type, code, mtu, id, quotes, udp, range.seq, range.length, encaps);
  }
}
