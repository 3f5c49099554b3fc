package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.control.SocketPort.Control;
import cellblock.host.Jail;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What sendmsg(2) and recvmsg(2) say with one datagram, in both families. */
class ControlMessagesLabTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final SocketPort.Domain FOUR = SocketPort.Domain.INET;
  private static final SocketPort.Domain SIX = SocketPort.Domain.INET6;
  private static final SocketPort.Type DGRAM = SocketPort.Type.DGRAM;

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
        jexec b ifconfig epair0b inet 192.0.2.22/32 alias
        jexec b ifconfig lo0 inet6 2001:db8:5::1/128 no_dad
        """);
    return lab;
  }

  private static Control control(String name, String hex) {
    return new Control(name, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static String text(Control c) {
    return c.name() + " " + HexFormat.of().formatHex(c.value());
  }

  private static List<String> texts(SocketPort.Datagram d) {
    return d.control().stream()
        .filter(c -> !c.name().equals("SCM_TIMESTAMP"))
        .map(ControlMessagesLabTest::text)
        .toList();
  }

  private static String index(KernelPort port, String name) throws KernelError {
    IfInfo i = port.ask(new IfRequest.Get(name)).getFirst();
    return HexFormat.of().toHexDigits(i.index());
  }

  private static void refused(String errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(KernelError.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  private static int say(SocketPort s, String to, int port, Control... control) throws KernelError {
    return s.sendTo(new byte[] {'x'}, 0, 1, to, port, List.of(control));
  }

  private static SocketPort.Datagram next(SocketPort s) throws Exception {
    return Objects.requireNonNull(s.receive(SECOND));
  }

  /** What a jail's process does with a socket of its own. */
  private interface Work {
    void with(KernelPort port, SocketPort socket) throws Exception;
  }

  private static void in(Lab lab, String jail, SocketPort.Domain domain, Work work)
      throws Exception {
    jail(lab, jail)
        .run(
            "work",
            port -> {
              try (SocketPort s = port.socket(domain, DGRAM, 0)) {
                work.with(port, s);
              }
              return true;
            });
  }

  /** What a server's socket in b and a client's in a do. */
  private interface Talk {
    void with(KernelPort port, SocketPort server, KernelPort there, SocketPort client)
        throws Exception;
  }

  private static void between(Lab lab, SocketPort.Domain domain, Talk talk) throws Exception {
    in(
        lab,
        "b",
        domain,
        (port, server) ->
            in(lab, "a", domain, (there, client) -> talk.with(port, server, there, client)));
  }

  @Test
  void an_ipv4_datagram_comes_with_what_was_asked_for_and_leaves_as_it_was_told_to()
      throws Exception {
    try (Lab lab = lab(1)) {
      between(
          lab,
          FOUR,
          (port, server, there, client) -> {
            server.bind(null, 7);
            client.bind(null, 9);
            say(client, "192.0.2.22", 7);
            assertThat(next(server).control()).as("nobody asked").isEmpty();
            for (String option :
                List.of(
                    "IP_RECVDSTADDR",
                    "IP_RECVIF",
                    "IP_RECVTTL",
                    "IP_RECVTOS",
                    "IP_ORIGDSTADDR",
                    "SO_TIMESTAMP")) {
              server.setOption(option, 1);
              assertThat(server.getOption(option)).isOne();
            }
            say(
                client,
                "192.0.2.22",
                7,
                control("IP_TOS", "000000b8"),
                control("IP_TTL", "00000007"));
            SocketPort.Datagram d = next(server);
            assertThat(texts(d))
                .containsExactly(
                    "IP_RECVDSTADDR c0000216",
                    "IP_RECVIF " + index(port, "epair0b"),
                    "IP_RECVTTL 00000007",
                    "IP_RECVTOS 000000b8",
                    "IP_ORIGDSTADDR c00002160007");
            Control stamp = d.control().getFirst();
            assertThat(text(stamp))
                .isEqualTo(
                    "SCM_TIMESTAMP %016x%016x"
                        .formatted(
                            d.timestampNanos() / 1_000_000_000L,
                            d.timestampNanos() / 1000 % 1_000_000));
            server.setOption("IP_RECVTTL", 0);
            say(client, "192.0.2.22", 7);
            assertThat(texts(next(server))).hasSize(4).noneMatch(t -> t.contains("TTL"));
            say(server, "192.0.2.1", 9, control("IP_SENDSRCADDR", "c0000216"));
            assertThat(next(client).from())
                .as("the address that was asked")
                .isEqualTo("192.0.2.22");
            refused(
                "EADDRNOTAVAIL",
                () -> say(server, "192.0.2.1", 9, control("IP_SENDSRCADDR", "c0000263")));
            refused("EINVAL", () -> say(server, "192.0.2.1", 9, control("IP_SENDSRCADDR", "c0")));
            refused("EINVAL", () -> say(server, "192.0.2.1", 9, control("IP_TOS", "00000100")));
            refused(
                "EINVAL", () -> say(server, "192.0.2.1", 9, control("IPV6_HOPLIMIT", "00000001")));
          });
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void an_ipv6_datagram_comes_with_what_was_asked_for_extension_headers_included()
      throws Exception {
    try (Lab lab = lab(2)) {
      between(
          lab,
          SIX,
          (port, server, there, client) -> {
            server.bind(null, 7);
            say(client, "2001:db8::2", 7, control("IPV6_HOPOPTS", "00 00 01 04 00 00 00 00"));
            assertThat(next(server).control()).as("nobody asked").isEmpty();
            for (String option :
                List.of(
                    "IPV6_RECVPKTINFO", "IPV6_RECVHOPLIMIT", "IPV6_RECVTCLASS", "IPV6_RECVRTHDR")) {
              server.setOption(option, 1);
            }
            server.setOption("IPV6_RECVHOPOPTS", 1);
            server.setOption("IPV6_RECVDSTOPTS", 1);
            server.setOption("IPV6_ORIGDSTADDR", 1);
            say(
                client,
                "2001:db8::2",
                7,
                control("IPV6_HOPLIMIT", "00000009"),
                control("IPV6_TCLASS", "000000b8"),
                control("IPV6_PKTINFO", "20010db8000000000000000000000011 00000000"),
                control("IPV6_HOPOPTS", "00 00 01 04 00 00 00 00"),
                control("IPV6_DSTOPTS", "00 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00"));
            SocketPort.Datagram d = next(server);
            assertThat(d.from()).isEqualTo("2001:db8::11");
            assertThat(new String(d.data(), "US-ASCII")).isEqualTo("x");
            assertThat(texts(d))
                .containsExactly(
                    "IPV6_PKTINFO 20010db8000000000000000000000002" + index(port, "epair0b"),
                    "IPV6_HOPLIMIT 00000009",
                    "IPV6_TCLASS 000000b8",
                    "IPV6_HOPOPTS 3c00010400000000",
                    "IPV6_DSTOPTS 1101010c000000000000000000000000",
                    "IPV6_ORIGDSTADDR 20010db80000000000000000000000020007");
            say(client, "2001:db8::2", 7);
            assertThat(texts(next(server)))
                .as("the packet before has left nothing behind")
                .contains("IPV6_HOPLIMIT 00000040", "IPV6_TCLASS 00000000")
                .noneMatch(t -> t.contains("OPTS"));
          });
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void a_datagram_goes_by_the_neighbour_and_the_interface_that_its_sender_names() throws Exception {
    try (Lab lab = lab(3)) {
      between(
          lab,
          SIX,
          (port, server, there, client) -> {
            server.bind(null, 7);
            refused("EHOSTUNREACH", () -> say(client, "2001:db8:5::1", 7));
            Control hop = control("IPV6_NEXTHOP", "20010db8000000000000000000000002 00000000");
            say(client, "2001:db8:5::1", 7, hop);
            assertThat(next(server).to()).isEqualTo("2001:db8:5::1");
            IfInfo b = port.ask(new IfRequest.Get("epair0b")).getFirst();
            String linkLocal =
                b.addresses().stream()
                    .map(IfInfo.Address::address)
                    .filter(a -> a.startsWith("fe80:"))
                    .findFirst()
                    .orElseThrow();
            byte[] six = java.net.InetAddress.getByName(linkLocal.split("%")[0]).getAddress();
            String zone = index(there, "epair0a");
            say(
                client,
                "2001:db8:5::1",
                7,
                control("IPV6_NEXTHOP", HexFormat.of().formatHex(six) + zone));
            assertThat(next(server).to()).isEqualTo("2001:db8:5::1");
            Control beyond = control("IPV6_NEXTHOP", "20010db8000700000000000000000002 00000000");
            refused("EHOSTUNREACH", () -> say(client, "2001:db8:5::1", 7, beyond));
            String none = "00000000000000000000000000000000";
            Control lo = control("IPV6_PKTINFO", none + index(there, "lo0"));
            refused("EHOSTUNREACH", () -> say(client, "2001:db8::2", 7, lo));
            refused(
                "ENXIO",
                () -> say(client, "2001:db8::2", 7, control("IPV6_PKTINFO", none + "0000ffff")));
            say(client, "2001:db8::2", 7, control("IPV6_PKTINFO", none + index(there, "epair0a")));
            assertThat(next(server).to()).isEqualTo("2001:db8::2");
            byte[] large = new byte[2000];
            Control whole = control("IPV6_DONTFRAG", "00000001");
            refused(
                "EMSGSIZE", () -> client.sendTo(large, 0, 2000, "2001:db8::2", 7, List.of(whole)));
            assertThat(client.sendTo(large, 0, 2000, "2001:db8::2", 7)).isEqualTo(2000);
            assertThat(next(server).data()).hasSize(2000);
          });
      lab.all("jail -r a\njail -r b");
    }
  }

  @Test
  void a_stream_takes_nothing_but_data() throws Exception {
    try (Lab lab = lab(4)) {
      jail(lab, "a")
          .run(
              "stream",
              port -> {
                try (SocketPort s = port.socket(FOUR, SocketPort.Type.STREAM, 0)) {
                  refused("EINVAL", () -> say(s, "192.0.2.2", 7, control("IP_TOS", "00000000")));
                }
                return true;
              });
      lab.all("jail -r a\njail -r b");
    }
  }
}
