package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.CapturePort;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Socket options of RFC 3542, source filters and urgent data, as a tool asks for them. */
class SocketOptionsLabTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final SocketPort.Domain SIX = SocketPort.Domain.INET6;

  private static Jail jail(Lab lab, String name) {
    return Objects.requireNonNull(lab.kernel().jail(name));
  }

  private static Lab lab(long seed) {
    Lab lab = new Lab(seed);
    lab.pair("a", "b");
    lab.all(
        """
        jexec a ifconfig epair0a inet6 2001:db8::1/64 no_dad
        jexec a ifconfig epair0a inet6 2001:db8::11/64 no_dad
        jexec b ifconfig epair0b inet6 2001:db8::2/64 no_dad
        """);
    return lab;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static void refused(String errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(KernelError.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  @Test
  void extension_headers_of_a_socket_are_in_every_packet_and_the_checksum_is_right()
      throws Exception {
    try (Lab lab = lab(1)) {
      AtomicReference<byte[]> seen = new AtomicReference<>();
      jail(lab, "a").run("send", port -> send(lab, port, seen));
      byte[] frame = seen.get();
      assertThat(frame[14 + 6]).as("hop-by-hop options first").isEqualTo((byte) 0);
      assertThat(Arrays.copyOfRange(frame, 54, 70))
          .isEqualTo(hex("3c 00 01 04 00 00 00 00 11 00 01 04 00 00 00 00"));
      assertThat(frame[37]).as("IPV6_PKTINFO's source").isEqualTo((byte) 0x11);
      lab.all("jail -r a\njail -r b");
    }
  }

  private static boolean send(Lab lab, KernelPort port, AtomicReference<byte[]> seen)
      throws Exception {
    try (CapturePort capture = port.capture("epair0a", 200, false);
        SocketPort socket = port.socket(SIX, SocketPort.Type.DGRAM, 0)) {
      socket.setOption("IPV6_HOPOPTS", hex("00 00 01 04 00 00 00 00"));
      socket.setOption("IPV6_DSTOPTS", hex("00 00 01 04 00 00 00 00"));
      socket.setOption("IPV6_PKTINFO", hex("20010db8000000000000000000000011 00000000"));
      refused("EINVAL", () -> socket.setOption("IPV6_DSTOPTS", hex("00 01 01 04 00 00 00 00")));
      refused("EINVAL", () -> socket.setOption("IPV6_RTHDR", hex("00 00 00 00 00 00 00 00")));
      refused("ENOPROTOOPT", () -> socket.setOption("ICMP6_FILTER", new byte[32]));
      Object got = jail(lab, "b").run("receive", there -> exchange(there, socket));
      assertThat(got).isEqualTo("hello from 2001:db8::11");
      for (CapturePort.Frame f = capture.next(SECOND); f != null; f = capture.next(SECOND)) {
        if (f.bytes()[12] == (byte) 0x86 && f.bytes()[54] == 60) { // options for the destination
          seen.set(f.bytes());
        }
      }
      socket.setOption("IPV6_PKTINFO", hex("20010db8000000000000000000000099 00000000"));
      refused("EADDRNOTAVAIL", () -> socket.sendTo(new byte[1], 0, 1, "2001:db8::2", 9));
      socket.setOption("IPV6_PKTINFO", new byte[0]);
      socket.connect("2001:db8::2", 9);
      assertThat(socket.getOption("IPV6_PATHMTU")).isEqualTo(1500);
    }
    return true;
  }

  private static Object exchange(KernelPort there, SocketPort from) throws Exception {
    try (SocketPort to = there.socket(SIX, SocketPort.Type.DGRAM, 0)) {
      to.bind(null, 9);
      byte[] data = {'h', 'e', 'l', 'l', 'o'};
      from.sendTo(data, 0, 5, "2001:db8::2", 9);
      SocketPort.Datagram d = to.receive(SECOND);
      return d == null ? "nothing" : new String(d.data(), "US-ASCII") + " from " + d.from();
    }
  }

  @Test
  void raw_sockets_choose_types_of_icmp_and_where_a_checksum_stands() throws Exception {
    try (Lab lab = lab(2)) {
      jail(lab, "a").run("raw", port -> raw(lab, port));
      lab.all("jail -r a\njail -r b");
    }
  }

  private static boolean raw(Lab lab, KernelPort port) throws Exception {
    try (SocketPort echoes = port.socket(SIX, SocketPort.Type.RAW, 58);
        SocketPort own = port.socket(SIX, SocketPort.Type.RAW, 200)) {
      byte[] replies = new byte[32];
      replies[129 >> 3] = 1 << (129 & 7);
      echoes.setOption("ICMP6_FILTER", replies);
      refused("EMSGSIZE", () -> echoes.setOption("ICMP6_FILTER", new byte[31]));
      refused("EINVAL", () -> echoes.setOption("IPV6_CHECKSUM", 4));
      assertThat(echoes.getOption("IPV6_CHECKSUM")).isEqualTo(2);
      lab.ok("jexec a ping -c 1 2001:db8::2");
      SocketPort.Datagram d = echoes.receive(SECOND);
      assertThat(d).isNotNull();
      assertThat(d.data()[0]).as("a reply, no neighbour").isEqualTo((byte) 129);
      assertThat(echoes.receive(SECOND)).isNull();
      own.setOption("IPV6_CHECKSUM", 2);
      refused("EINVAL", () -> own.setOption("IPV6_CHECKSUM", 3));
      refused("EINVAL", () -> own.sendTo(new byte[3], 0, 3, "2001:db8::2", 0));
      jail(lab, "b").run("there", there -> summed(there, own));
    }
    return true;
  }

  private static boolean summed(KernelPort there, SocketPort from) throws Exception {
    try (SocketPort checks = there.socket(SIX, SocketPort.Type.RAW, 200);
        SocketPort any = there.socket(SIX, SocketPort.Type.RAW, 200)) {
      checks.setOption("IPV6_CHECKSUM", 2);
      from.sendTo(new byte[] {1, 2, 0, 0, 5, 6}, 0, 6, "2001:db8::2", 0);
      assertThat(checks.receive(SECOND)).isNotNull();
      assertThat(any.receive(SECOND)).isNotNull();
      from.setOption("IPV6_CHECKSUM", -1);
      from.sendTo(new byte[] {1, 2, 0, 0, 5, 6}, 0, 6, "2001:db8::2", 0);
      assertThat(any.receive(SECOND)).isNotNull();
      assertThat(checks.receive(SECOND)).as("without the sum").isNull();
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource
  void packets_of_one_sender_to_a_group_are_asked_for_or_kept_out(SocketPort.Domain domain)
      throws Exception {
    try (Lab lab = lab(3)) {
      Groups g = domain == SIX ? Groups.SIX : Groups.FOUR;
      jail(lab, "b").run("member", port -> member(lab, port, g));
      lab.all("jail -r a\njail -r b");
    }
  }

  /** A group, who sends to it, and somebody else. */
  private record Groups(SocketPort.Domain domain, String group, String sender, String other) {
    static final Groups FOUR =
        new Groups(SocketPort.Domain.INET, "239.1.2.3", "192.0.2.1", "192.0.2.99");
    static final Groups SIX =
        new Groups(SocketPort.Domain.INET6, "ff05::123", "2001:db8::1", "2001:db8::99");
  }

  private static boolean member(Lab lab, KernelPort port, Groups g) throws Exception {
    String group = g.group();
    try (SocketPort s = port.socket(g.domain(), SocketPort.Type.DGRAM, 0)) {
      s.bind(null, 9);
      s.membership(group, "epair0b", g.other(), SocketPort.SourceFilter.JOIN);
      jail(lab, "a").run("sender", there -> say(there, g));
      assertThat(s.receive(SECOND)).as("of somebody else").isNull();
      assertThat(lab.ok("jexec b ifmcstat -v -i epair0b"))
          .contains("group " + group + " mode include srcs " + g.other() + "\n");
      s.membership(group, "epair0b", g.sender(), SocketPort.SourceFilter.JOIN);
      jail(lab, "a").run("sender", there -> say(there, g));
      assertThat(s.receive(SECOND)).isNotNull();
      s.membership(group, "epair0b", false);
      s.membership(group, "epair0b", true);
      s.membership(group, "epair0b", g.sender(), SocketPort.SourceFilter.BLOCK);
      jail(lab, "a").run("sender", there -> say(there, g));
      assertThat(s.receive(SECOND)).as("blocked").isNull();
      assertThat(s.sourceFilter(group, "epair0b"))
          .isEqualTo(new SocketPort.Wanted(false, List.of(g.sender())));
      s.membership(group, "epair0b", g.sender(), SocketPort.SourceFilter.UNBLOCK);
      jail(lab, "a").run("sender", there -> say(there, g));
      assertThat(s.receive(SECOND)).isNotNull();
      s.sourceFilter(group, "epair0b", new SocketPort.Wanted(true, List.of(g.other())));
      jail(lab, "a").run("sender", there -> say(there, g));
      assertThat(s.receive(SECOND)).as("setsourcefilter(3): another one").isNull();
      refused("EADDRNOTAVAIL", () -> s.sourceFilter(other(g), null));
    }
    return true;
  }

  private static String other(Groups g) {
    return g.domain() == SIX ? "ff05::9" : "239.9.9.9";
  }

  private static boolean say(KernelPort port, Groups g) throws Exception {
    try (SocketPort s = port.socket(g.domain(), SocketPort.Type.DGRAM, 0)) {
      s.bind(g.sender(), 0);
      if (g.domain() == SIX) {
        int index = port.ask(new IfRequest.Get("epair0a")).getFirst().index();
        s.setOption("IPV6_MULTICAST_IF", index);
      } else {
        s.setOption("IP_MULTICAST_IF", 0xc0000201);
      }
      s.sendTo(new byte[] {1}, 0, 1, g.group(), 9);
    }
    return true;
  }

  @Test
  void urgent_data_crosses_by_the_port_of_a_process() throws Exception {
    try (Lab lab = lab(4)) {
      jail(lab, "b").run("server", port -> urgent(lab, port));
      lab.all("jail -r a\njail -r b");
    }
  }

  private static boolean urgent(Lab lab, KernelPort port) throws Exception {
    try (SocketPort server = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
      server.bind(null, 9);
      server.listen(1);
      jail(lab, "a").start("client", UrgentClient::run);
      try (SocketPort child = Objects.requireNonNull(server.accept(SECOND))) {
        byte[] got = new byte[10];
        assertThat(child.read(got, 0, 10, SECOND)).isEqualTo(2);
        port.sleep(SECOND);
        assertThat(child.atMark()).isTrue();
        assertThat(child.readUrgent()).isEqualTo((byte) '!');
        refused("EINVAL", child::readUrgent);
        assertThat(child.read(got, 0, 10, SECOND)).isEqualTo(3);
      }
    }
    return true;
  }

  /** Two bytes, an urgent one, three bytes. */
  private static final class UrgentClient {
    static Object run(KernelPort port) throws Exception {
      try (SocketPort s = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
        s.connect("192.0.2.2", 9, SECOND);
        s.writeUrgent(new byte[] {'a', 'b', '!'}, 0, 3);
        s.write(new byte[] {'c', 'd', 'e'}, 0, 3);
        port.sleep(Duration.ofSeconds(5));
      }
      return true;
    }
  }
}
