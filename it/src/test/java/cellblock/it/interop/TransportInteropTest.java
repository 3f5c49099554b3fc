package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.SocketPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Linux's TCP, UDP and ICMP against ours, over a TAP device. */
@Tag("interop")
@Timeout(900)
class TransportInteropTest {
  private static final int LARGE = 100_000_000;

  @TempDir Path folder;

  /** One of the two families, as each side writes its addresses. */
  private enum Version {
    IPV4(SocketPort.Domain.INET, Cable.HOST4, Cable.JAIL4, Cable.JAIL4, Cable.HOST4, "-4"),
    IPV6(
        SocketPort.Domain.INET6,
        Cable.HOST6,
        Cable.JAIL6,
        "[" + Cable.JAIL6 + "]",
        "[" + Cable.HOST6 + "]",
        "-6");

    final SocketPort.Domain domain;
    final String host;
    final String jail;
    final String jailUrl;
    final String hostUrl;
    final String option;

    Version(
        SocketPort.Domain domain,
        String host,
        String jail,
        String jailUrl,
        String hostUrl,
        String option) {
      this.domain = domain;
      this.host = host;
      this.jail = jail;
      this.jailUrl = jailUrl;
      this.hostUrl = hostUrl;
      this.option = option;
    }
  }

  @BeforeAll
  static void mayReach() {
    Host.mayReach();
  }

  // ---- programs in the jail ----

  private static Web web(Cable c, Version v) throws Exception {
    Web web = new Web();
    c.jail().start("web", port -> web.serve(port, v.domain, 8080));
    c.until("sockstat -l " + v.option + " -p 8080", ":8080");
    return web;
  }

  private static CompletableFuture<Long> iperf3(Cable c, Version v) throws Exception {
    CompletableFuture<Long> carried = new CompletableFuture<>();
    c.jail()
        .start(
            "iperf3",
            port -> {
              try {
                return carried.complete(new Iperf3().serve(port, v.domain));
              } catch (Throwable t) {
                return carried.completeExceptionally(t);
              }
            });
    c.until("sockstat -l " + v.option + " -p 5201", ":5201");
    return carried;
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of().formatHex(Web.sha256().digest(Files.readAllBytes(file)));
  }

  private static Path blob(Path at, int length) throws Exception {
    return Files.write(at, Web.content(0, length));
  }

  // ---- ping ----

  @ParameterizedTest
  @EnumSource
  void pings_that_take_fragments_are_answered_both_ways(Version v) throws Exception {
    Host.needs("ping");
    try (Cable c = new Cable(folder)) {
      // IPv4 takes 16 fragments a packet, IPv6 64: net.inet.ip.maxfragsperpacket and its twin.
      for (int size : List.of(56, 1472, 1473, 4000, 9001, v == Version.IPV4 ? 23_000 : 65_000)) {
        if (size < 9216) { // net.inet.raw.maxdgram
          assertThat(c.jail("ping " + v.option + " -c 2 -i 0.1 -s " + size + " " + v.host))
              .as("%d bytes", size)
              .contains("2 packets received");
        }
        assertThat(c.host("ping " + v.option + " -c 2 -i 0.1 -s " + size + " " + v.jail))
            .as("%d bytes", size)
            .contains("2 received");
      }
    }
  }

  // ---- TCP ----

  @ParameterizedTest
  @EnumSource
  void iperf3_of_the_host_measures_a_server_in_a_jail_both_ways(Version v) throws Exception {
    Host.needs("iperf3");
    try (Cable c = new Cable(folder)) {
      for (String way : List.of("", " -R", " -P 4", " -P 4 -R")) {
        CompletableFuture<Long> carried = iperf3(c, v);
        String out = c.host("iperf3 " + v.option + " -t 2 -i 0 -c " + v.jail + way);
        long bytes = carried.get(30, TimeUnit.SECONDS);
        assertThat(out).contains("iperf Done.");
        assertThat(bytes).as("bytes with%s: %s", way, out).isGreaterThan(1_000_000);
        System.out.printf("interop: iperf3 %s%s: %.2f Gbit/s%n", v, way, bytes * 8 / 2 / 1e9);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void curl_of_the_host_gets_and_puts_what_a_server_in_a_jail_has(Version v) throws Exception {
    Host.needs("curl");
    try (Cable c = new Cable(folder)) {
      Web web = web(c, v);
      Path got = folder.resolve("got");
      Path blob = blob(folder.resolve("blob"), LARGE);
      String url = "http://" + v.jailUrl + ":8080/";
      c.host("curl -gsSf -o " + got + " " + url + LARGE);
      assertThat(Files.mismatch(got, blob)).isEqualTo(-1);
      assertThat(c.host("curl -gsSf -T " + blob + " " + url)).isEqualTo(sha256(blob));
      assertThat(web.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_jail_fetches_from_the_host_and_sends_to_it(Version v) throws Exception {
    Host.needs("python3");
    try (Cable c = new Cable(folder)) {
      Path blob = blob(folder.resolve("blob"), LARGE);
      c.startHost(
          "python3 -m http.server --bind " + v.host + " --directory " + folder + " 8000", "web");
      c.startHost("python3 " + sink(v), "digest");
      awaitPort(c, v, 8000);
      awaitPort(c, v, 9000);
      c.jail("fetch -q -o " + folder + "/got http://" + v.hostUrl + ":8000/blob");
      assertThat(Files.mismatch(folder.resolve("got"), blob)).isEqualTo(-1);
      assertThat(c.run("nc -N " + v.host + " 9000", Files.readAllBytes(blob)).err()).isEmpty();
      for (int i = 0; i < 500 && Files.size(folder.resolve("digest")) == 0; i++) {
        LockSupport.parkNanos(20_000_000);
      }
      assertThat(Files.readString(folder.resolve("digest")).strip()).isEqualTo(sha256(blob));
    }
  }

  /** A program of the host that prints the digest of what one connection to port 9000 brings. */
  private Path sink(Version v) throws Exception {
    return Files.writeString(
        folder.resolve("sink.py"),
        """
        import socket, hashlib
        s = socket.create_server(('%s', 9000), family=socket.%s)
        c, peer = s.accept()
        h = hashlib.sha256()
        while True:
            b = c.recv(65536)
            if not b:
                break
            h.update(b)
        print(h.hexdigest(), flush=True)
        """
            .formatted(v.host, v == Version.IPV4 ? "AF_INET" : "AF_INET6"));
  }

  private static void awaitPort(Cable c, Version v, int port) throws Exception {
    String hex = ":" + String.format("%04X", port) + " 0000";
    for (int i = 0; i < 500; i++) {
      if (c.host("cat /proc/net/tcp" + (v == Version.IPV6 ? "6" : "")).contains(hex)) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("nobody listens on port " + port);
  }

  @ParameterizedTest
  @EnumSource
  void a_thousand_connections_one_after_the_other_and_fifty_at_a_time(Version v) throws Exception {
    Host.needs("curl");
    try (Cable c = new Cable(folder)) {
      Web web = web(c, v);
      String url = "http://" + v.jailUrl + ":8080/";
      String one = c.host("curl -sSf -w %{http_code}\\n -o /dev/null " + globbed(url) + "[1-1000]");
      assertThat(one.lines().filter("200"::equals).count()).isEqualTo(1000);
      assertThat(web.connections()).isEqualTo(1000);
      String many =
          c.host(
              "curl -sSf -Z --parallel-max 50 -w %{http_code}\\n -o /dev/null "
                  + globbed(url)
                  + "[1001-2000]");
      assertThat(many.lines().filter("200"::equals).count()).isEqualTo(1000);
      assertThat(web.connections()).isEqualTo(2000);
    }
  }

  /** curl takes brackets for ranges: those of an address need a backslash. */
  private static String globbed(String url) {
    return url.replace("[", "\\[").replace("]", "\\]");
  }

  @ParameterizedTest
  @EnumSource
  void inetd_in_a_jail_serves_the_host(Version v) throws Exception {
    Host.needs("python3");
    try (Cable c = new Cable(folder)) {
      String six = v == Version.IPV6 ? "6" : "4";
      Files.writeString(
          folder.resolve("inetd.conf"),
          """
          echo stream tcp%1$s nowait root internal
          echo dgram udp%1$s wait root internal
          """
              .formatted(six));
      c.start("inetd -d " + folder.resolve("inetd.conf"));
      c.until("sockstat -l " + v.option + " -p 7", ":7");
      Path script = folder.resolve("echo.py");
      Files.writeString(
          script,
          """
          import socket
          a = ('%s', 7)
          t = socket.create_connection(a)
          data = bytes(i %% 251 for i in range(200000))
          import threading
          threading.Thread(target=lambda: (t.sendall(data), t.shutdown(socket.SHUT_WR))).start()
          got = b''
          while True:
              b = t.recv(65536)
              if not b:
                  break
              got += b
          print(got == data)
          u = socket.socket(t.family, socket.SOCK_DGRAM)
          u.settimeout(5)
          u.connect(a)
          ok = True
          for n in list(range(0, 1500, 97)) + [1472, 1473, 4000, 9000]:
              u.send(data[:n])
              ok = ok and u.recv(65536) == data[:n]
          print(ok)
          """
              .formatted(v.jail));
      assertThat(c.host("python3 " + script)).isEqualTo("True\nTrue\n");
    }
  }

  // ---- captures ----

  @Test
  void tshark_finds_nothing_wrong_in_what_either_side_has_captured() throws Exception {
    Host.needs("tshark", "dumpcap", "ping", "curl", "python3");
    Path pcap = folder.resolve("jail.pcap");
    Path pcapng = folder.resolve("jail.pcapng");
    Path host = folder.resolve("host.pcapng");
    try (Cable c = new Cable(folder)) {
      Cable.Background one = c.start("tcpdump -U -i " + Cable.IF + " -w " + pcap);
      Cable.Background other = c.start("tcpdump -U -i " + Cable.IF + " -w " + pcapng);
      Process dumpcap = c.startHost("dumpcap -q -i " + c.tap() + " -w " + host, "dumpcap.out");
      await(() -> Files.exists(host) && Files.exists(pcap) && Files.exists(pcapng));
      for (Version v : Version.values()) {
        everything(c, v);
      }
      one.stop();
      other.stop();
      dumpcap.destroy();
      assertThat(dumpcap.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    for (Path capture : List.of(pcap, pcapng, host)) {
      Shark.finds(capture, 2000);
      assertThat(Shark.frames(capture, "tcp.analysis.lost_segment")).as("%s", capture).isEmpty();
    }
    damage(pcap);
    assertThat(Shark.wrong(pcap)).as("a damaged frame is found").isNotEmpty();
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    for (int i = 0; i < 500; i++) {
      if (condition.holds()) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("it never came true");
  }

  /** Some of each kind of traffic. */
  private void everything(Cable c, Version v) throws Exception {
    web(c, v);
    String url = "http://" + v.jailUrl + ":8080/";
    c.host("curl -gsSf -o /dev/null " + url + "1000000");
    c.host("curl -gsSf -T " + blob(folder.resolve("part"), 1_000_000) + " " + url);
    c.host("ping " + v.option + " -c 2 -i 0.1 -s 4000 " + v.jail);
    c.jail("ping " + v.option + " -c 2 -i 0.1 -s 4000 " + v.host);
    c.run("traceroute" + (v == Version.IPV6 ? "6" : "") + " -n -w 1 -m 3 " + v.host);
    c.run("nc -u -w 1 " + v.host + " 9", "nobody".getBytes(StandardCharsets.US_ASCII));
    c.run("nc -w 1 " + v.host + " 9");
    c.tryHost("curl -gsS http://" + v.jailUrl + ":9/");
  }

  /** Changes a byte of an answer of the web server. */
  private static void damage(Path capture) throws Exception {
    String text = Files.readString(capture, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("HTTP/1.1 200 OK");
    assertThat(at).isPositive();
    String wrong = text.substring(0, at) + "h" + text.substring(at + 1);
    Files.writeString(capture, wrong, StandardCharsets.ISO_8859_1);
  }
}
