package cellblock.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.packetdrill.Event.When;
import cellblock.packetdrill.PacketSpec.Icmp;
import cellblock.packetdrill.PacketSpec.Option;
import cellblock.packetdrill.PacketSpec.Ports;
import cellblock.packetdrill.PacketSpec.Tcp;
import cellblock.packetdrill.PacketSpec.TosCheck;
import cellblock.packetdrill.PacketSpec.Udp;
import cellblock.wire.TcpHeader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParserTest {
  private static Script parse(String text) throws ScriptException {
    return Parser.parse(text);
  }

  private static PacketSpec packet(String text) throws ScriptException {
    return (PacketSpec) parse("0 " + text).events().getFirst().action();
  }

  private static Tcp tcp(String text) throws ScriptException {
    return (Tcp) packet(text).body();
  }

  private static Call call(String text) throws ScriptException {
    return (Call) parse("0 " + text).events().getFirst().action();
  }

  @Test
  void options_stand_before_the_events_and_the_last_of_a_name_counts() throws ScriptException {
    Script s =
        parse(
            """
            --ip_version=ipv4
            --ip_version=ipv4-mapped-ipv6
            --remote_ip=192.0.2.1/24
            --define=PORT=80
            `true`
            0 listen(3, PORT) = 0
            """);
    assertThat(s.options())
        .containsEntry("ip_version", "ipv4-mapped-ipv6")
        .containsEntry("remote_ip", "192.0.2.1/24");
    assertThat(s.init()).isEqualTo("true");
    assertThat(s.events()).hasSize(1);
    Call c = (Call) s.events().getFirst().action();
    assertThat(c.arguments()).contains(new Expression.Number(80));
  }

  @Test
  void comments_of_three_kinds_are_left_out() throws ScriptException {
    Script s =
        parse(
            """
            // of C++
            # of the shell
            /* of C,
               two lines */ 0 close(3) = 0 // behind
            +1 close(3) = 0//\
            """);
    assertThat(s.events()).hasSize(2);
    assertThat(s.events().get(0).line()).isEqualTo(4);
    assertThat(s.events().get(1).line()).isEqualTo(5);
  }

  @Test
  void what_another_system_needs_is_left_out() throws ScriptException {
    Script s =
        parse(
            """
            #ifdef Linux
            0 close(3) = 0
            #endif
            #ifdef FreeBSD
            0 close(4) = 0
            #endif
            """);
    assertThat(s.events()).hasSize(1);
    assertThat(s.events().getFirst().action().toString()).contains("close(4)");
  }

  @Test
  void times_are_absolute_relative_ranges_or_any() throws ScriptException {
    List<Event> events =
        parse(
                """
                0.5 close(3) = 0
                +.25 close(3) = 0
                +0.000001 close(3) = 0
                * > . 1:1(0) ack 1
                1.0~2.5 > . 1:1(0) ack 1
                +1~+2 > . 1:1(0) ack 1
                """)
            .events();
    assertThat(events.stream().map(Event::when))
        .containsExactly(
            new When(When.Type.ABSOLUTE, 500_000, 500_000),
            new When(When.Type.RELATIVE, 250_000, 250_000),
            new When(When.Type.RELATIVE, 1, 1),
            new When(When.Type.ANY, 0, 0),
            new When(When.Type.ABSOLUTE, 1_000_000, 2_500_000),
            new When(When.Type.RELATIVE, 1_000_000, 2_000_000));
  }

  @Test
  void a_segment_has_flags_numbers_and_options() throws ScriptException {
    Tcp t = tcp("< SEW 7:17(10) ack 3 win 4096 urg 5 <mss 1460,nop,wscale 6,sackOK,nop,nop>");
    assertThat(t.flags()).isEqualTo(TcpHeader.SYN | TcpHeader.ECE | TcpHeader.CWR);
    assertThat(t.seq()).isEqualTo(7);
    assertThat(t.length()).isEqualTo(10);
    assertThat(t.ack()).isEqualTo(3);
    assertThat(t.window()).isEqualTo(4096);
    assertThat(t.urgent()).isEqualTo(5);
    assertThat(t.options()).hasSize(6);
    assertThat(PacketText.of(packet("< SEW 7:17(10) ack 3 win 4096 <mss 1460>")))
        .isEqualTo("SEW 7:17(10) win 4096 <mss 1460>");
  }

  @ParameterizedTest
  @CsvSource({"., 16", "S., 18", "F., 17", "P., 24", "R, 4", "'-', 0", "S.5, 338", "SE., 82"})
  void flags_are_letters_a_dot_or_a_count(String flags, int bits) throws ScriptException {
    assertThat(tcp("> " + flags + " 0:0(0)").flags()).isEqualTo(bits);
  }

  @Test
  void numbers_may_be_anything_absolute_or_wrap() throws ScriptException {
    assertThat(tcp("> . ...(0) ack 1").anySeq()).isTrue();
    assertThat(tcp("> R. 0:0(0)! ack 1").absoluteSeq()).isTrue();
    assertThat(tcp("< . 4294967295:1(2) ack 1 win 9").length()).isEqualTo(2);
  }

  @Test
  void options_of_every_kind_have_their_bytes() throws ScriptException {
    List<Option> o = tcp("> . 1:1(0) ack 1 <nop,nop,sack 10:20 30:40>").options();
    assertThat(o).isNotNull().hasSize(3);
    assertThat(((Option.Sack) o.get(2)).blocks()).hasSize(2);
    o = tcp("> . 1:1(0) ack 1 <nop,nop,TS val ... ecr 7!>").options();
    assertThat(o).isNotNull().contains(new Option.Timestamp(0, true, 7, true));
    o = tcp("> S 0:0(0) <FO 0123456789abcdef,nop,nop>").options();
    assertThat(o).isNotNull();
    assertThat(((Option.Raw) o.get(0)).bytes())
        .containsExactly(34, 10, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef);
    o = tcp("> S 0:0(0) <EXP-FO,gen-99 0a0b>").options();
    assertThat(o).isNotNull();
    assertThat(((Option.Raw) o.get(0)).bytes()).containsExactly(254, 4, 0xf9, 0x89);
    assertThat(((Option.Raw) o.get(1)).bytes()).containsExactly(99, 4, 10, 11);
    assertThat(tcp("> . 1:1(0) ack 1 <...>").options()).isNull();
    assertThat(tcp("> S 0:0(0) <md5 valid,eol,eol>").options()).contains(new Option.Md5Valid());
    assertThat(tcp("> S 0:0(0) <AccECN0 ee0b 1 eceb 2 ee1b 3,nop>").options()).hasSize(2);
  }

  @Test
  void what_is_said_of_ip_is_kept() throws ScriptException {
    PacketSpec.IpSpec ip = packet("> (ttl 4, tos 0x28) . 1:1(0) ack 1").ip();
    assertThat(ip).isEqualTo(new PacketSpec.IpSpec(TosCheck.ALL, 0x28, 4, -1));
    assertThat(packet("> [ect01] . 1:1(0) ack 1").ip().check()).isEqualTo(TosCheck.ECT01);
    assertThat(packet("> (dscp af11, ecn ce) . 1:1(0) ack 1").ip())
        .isEqualTo(new PacketSpec.IpSpec(TosCheck.ALL, 10 << 2 | 3, -1, -1));
    assertThat(packet("> (hlim 9, flowlabel 0x12345) . 1:1(0) ack 1").ip())
        .isEqualTo(new PacketSpec.IpSpec(TosCheck.NONE, 0, 9, 0x12345));
  }

  @Test
  void datagrams_messages_and_encapsulations_are_packets_too() throws ScriptException {
    assertThat(packet("> udp (100)").body()).isEqualTo(new Udp(null, 100));
    assertThat(tcp("> S 0:0(0)/udp(9811 > 1)").encaps()).isEqualTo(new Ports(9811, 1));
    Icmp i = (Icmp) packet("< icmp unreachable frag_needed mtu 1200 [5:15(10)]").body();
    assertThat(i.type()).isEqualTo("unreachable");
    assertThat(i.code()).isEqualTo("frag_needed");
    assertThat(i.mtu()).isEqualTo(1200);
    assertThat(i.seq()).isEqualTo(5);
    i = (Icmp) packet("< icmp unreachable port_unreachable [udp (20)]").body();
    assertThat(i.quotedUdp()).isTrue();
    i = (Icmp) packet("< icmp packet_too_big mtu 1280 [1:1(0)/udp(9 > 10)]").body();
    assertThat(i.encaps()).isEqualTo(new Ports(9, 10));
  }

  @Test
  void calls_have_arguments_of_every_kind() throws ScriptException {
    Call c =
        call(
            "0.1...0.2 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=5}, 8) = -1 EINVAL"
                    .replace("0.1...", "...")
                + " (Invalid argument)");
    assertThat(c.end()).isEqualTo(200_000);
    assertThat(c.errno()).isEqualTo("EINVAL");
    assertThat(((Expression.Struct) c.arguments().get(3)).get("linger"))
        .isEqualTo(new Expression.Number(5));
    assertThat(call("fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0").arguments().get(2))
        .isEqualTo(
            new Expression.Or(new Expression.Name("O_RDWR"), new Expression.Name("O_NONBLOCK")));
    assertThat(call("fcntl(3, F_GETFL) = 0x02 (flags O_RDWR)").result())
        .isEqualTo(new Expression.Number(2));
    assertThat(call("setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, \"cubic\", 5) = 0").arguments())
        .contains(new Expression.Text("cubic"));
    assertThat(call("poll([{fd=3, events=POLLIN, revents=POLLIN}], 1, 0) = 1").arguments())
        .hasSize(3);
    assertThat(
            call("bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"1.2.3.4\")},"
                    + " ...) = 0")
                .arguments())
        .hasSize(3);
    assertThat(
            call("sendmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = 10")
                .arguments())
        .hasSize(3);
  }

  @Test
  void commands_and_code_are_events_too() throws ScriptException {
    List<Event> events =
        parse(
                """
                0 `sysctl -w net.inet.tcp.sack.enable=1`
                0 %{ assert tcpi_state == TCPI_CLOSED }%
                `true
                 false`
                """)
            .events();
    assertThat(events.get(0).action())
        .isEqualTo(new Event.Command("sysctl -w net.inet.tcp.sack.enable=1"));
    assertThat(events.get(1).action()).isInstanceOf(Event.Code.class);
    assertThat(events.get(2).action()).isEqualTo(new Event.Command("true\n false"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          0 > Z 0:0(0)                          | 1 | 5  | unknown TCP flag 'Z'
          0 > . 0:1(0) ack 1                    | 1 | 7  | sequence numbers do not fit the payload length
          0 < . 0:0(0) ack 1                    | 1 | 19 | expected 'win'
          0 > . 0:0(0) <mss 1460,nop>           | 1 | 15 | not padded
          0 > . 0:0(0) <bogus>                  | 1 | 15 | unknown TCP option bogus
          0 < . 0:0(0) win 1 <...>              | 1 | 21 | outbound
          0 < . 0:0(0) win 65536                | 1 | 18 | win out of range
          * < . 0:0(0) win 1                    | 1 | 1  | '*' is for outbound packets only
          ~2~~1 > . 0:0(0)~                      | 1 | 1  | backwards
          0 socket(                             | 1 | 10 | expected a value, found end of script
          0 close(3) = -1 EWHATEVER             | 1 | 17 | unknown error EWHATEVER
          0 < icmp bogus [1:1(0)]               | 1 | 10 | unknown ICMP message bogus
          0 "text"                              | 1 | 3  | expected a packet, a system call or a command
          -1 close(3) = 0                       | 1 | 1  | negative time
          0 close(3                             | 1 | 10 | expected ')'
          --bogus=1                             | 1 | 1  | unknown option --bogus
          s                                     | 1 | 1  | expected a time, found 's'
          0 `unterminated                       | 1 | 3  | unterminated command
          """)
  void what_is_not_in_the_language_is_refused_with_its_place(
      String text, int line, int column, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOfSatisfying(
            ScriptException.class,
            e -> {
              assertThat(e.getMessage()).contains(message.strip());
              assertThat(e.line()).isEqualTo(line);
              assertThat(e.column()).isEqualTo(column);
            });
  }
}
