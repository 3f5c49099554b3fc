package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.LocalShell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** nc, inetd, fetch and traceroute between jails in virtual time, each a program of the run. */
@Timeout(60)
class NetToolsLabTest {
  private static final byte[] NOTHING = {};

  @TempDir private Path folder;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Lab lab(long seed) {
    Lab lab = new Lab(seed, folder);
    lab.pair("a", "b");
    return lab;
  }

  private Lab.Running inetd(Lab lab, String... lines) throws Exception {
    Files.write(folder.resolve("inetd.conf"), java.util.List.of(lines));
    return lab.start("jexec b inetd -d inetd.conf", NOTHING);
  }

  /** Kills it, so that nothing of it is left when the lab closes. */
  private static LocalShell.Result end(Lab lab, Lab.Running server, String name) {
    lab.ok("jexec b killall " + name);
    return lab.await(server);
  }

  @Test
  void a_listener_prints_what_comes_and_ends_with_its_connection() throws Exception {
    try (Lab lab = lab(1)) {
      Lab.Running server = lab.start("jexec b nc -lv 192.0.2.2 4711", NOTHING);
      LocalShell.Result client = lab.run("jexec a nc -Nv 192.0.2.2 4711", bytes("hello\n"));
      assertThat(client.status()).isZero();
      assertThat(client.err()).isEqualTo("Connection to 192.0.2.2 4711 port [tcp/*] succeeded!\n");
      LocalShell.Result listened = lab.await(server);
      assertThat(listened.out()).isEqualTo("hello\n");
      assertThat(listened.status()).isZero();
      assertThat(listened.err()).matches("Connection from 192\\.0\\.2\\.1 \\d+ received!\n");
    }
  }

  @Test
  void binary_data_comes_back_unharmed_over_a_lossy_link() throws Exception {
    byte[] data = new byte[300_000];
    new SplittableRandom(5).nextBytes(data);
    try (Lab lab = lab(2)) {
      lab.ok("jexec a link epair0a delay 5ms loss 1%");
      Lab.Running server = inetd(lab, "echo stream tcp nowait root internal");
      LocalShell.Result client = lab.run("jexec a nc -N 192.0.2.2 7", data);
      assertThat(client.status()).isZero();
      assertThat(client.out()).isEqualTo(new String(data, StandardCharsets.UTF_8));
      end(lab, server, "inetd");
    }
  }

  @Test
  void without_N_the_connection_stays_open_until_the_timeout() throws Exception {
    try (Lab lab = lab(3)) {
      Lab.Running server = inetd(lab, "discard stream tcp nowait root internal");
      long before = lab.sim().clock().nanos();
      LocalShell.Result client = lab.run("jexec a nc -w 30 192.0.2.2 9", bytes("x"));
      assertThat(client.status()).isZero();
      assertThat(lab.sim().clock().nanos() - before)
          .isBetween(Duration.ofSeconds(30).toNanos(), Duration.ofSeconds(31).toNanos());
      end(lab, server, "inetd");
    }
  }

  @Test
  void a_keeping_listener_serves_one_after_the_other() throws Exception {
    try (Lab lab = lab(4)) {
      Lab.Running server = lab.start("jexec b nc -lk 4711", NOTHING);
      for (String word : new String[] {"one\n", "two\n", "three\n"}) {
        assertThat(lab.run("jexec a nc -N 192.0.2.2 4711", bytes(word)).status()).isZero();
      }
      assertThat(end(lab, server, "nc").out()).isEqualTo("one\ntwo\nthree\n");
    }
  }

  @Test
  void a_keeping_listener_takes_datagrams_of_whoever_sends_them() throws Exception {
    try (Lab lab = lab(4)) {
      Lab.Running server = lab.start("jexec b nc -luk 4711", NOTHING);
      for (String word : new String[] {"one\n", "two\n", "three\n"}) {
        assertThat(lab.run("jexec a nc -u -w 1 192.0.2.2 4711", bytes(word)).status()).isZero();
      }
      assertThat(end(lab, server, "nc").out()).isEqualTo("one\ntwo\nthree\n");
    }
  }

  @Test
  void datagrams_go_both_ways() throws Exception {
    try (Lab lab = lab(5)) {
      Lab.Running server = lab.start("jexec b nc -luv -w 5 4711", bytes("answer\n"));
      LocalShell.Result client = lab.run("jexec a nc -u -w 2 192.0.2.2 4711", bytes("question\n"));
      assertThat(client.out()).isEqualTo("answer\n");
      assertThat(lab.await(server).out()).isEqualTo("question\n");
    }
  }

  @Test
  void a_scan_tells_which_ports_answer() throws Exception {
    try (Lab lab = lab(6)) {
      Lab.Running server = inetd(lab, "discard stream tcp nowait root internal");
      LocalShell.Result scan = lab.run("jexec a nc -zv 192.0.2.2 8-10", NOTHING);
      assertThat(scan.status()).isZero();
      assertThat(scan.err().lines())
          .containsExactly(
              "nc: connect to 192.0.2.2 port 8 (tcp) failed: Connection refused",
              "Connection to 192.0.2.2 9 port [tcp/discard] succeeded!",
              "nc: connect to 192.0.2.2 port 10 (tcp) failed: Connection refused");
      assertThat(lab.run("jexec a nc -z 192.0.2.2 10", NOTHING).status()).isOne();
      end(lab, server, "inetd");
    }
  }

  @Test
  void a_connect_to_nobody_ends_after_the_timeout() throws Exception {
    try (Lab lab = lab(7)) {
      LocalShell.Result client = lab.run("jexec a nc -v -w 3 192.0.2.99 7", NOTHING);
      assertThat(client.status()).isOne();
      assertThat(client.err())
          .startsWith("nc: connect to 192.0.2.99 port 7 (tcp) failed: ")
          .hasLineCount(1);
    }
  }

  @Test
  void connections_work_over_IPv6() throws Exception {
    try (Lab lab = lab(8)) {
      lab.ok("jexec a ifconfig epair0a inet6 2001:db8::1/64 no_dad");
      lab.ok("jexec b ifconfig epair0b inet6 2001:db8::2/64 no_dad");
      Lab.Running server =
          inetd(
              lab,
              "echo stream tcp6 nowait root internal",
              "echo dgram udp6 wait root internal",
              "time stream tcp46 nowait root internal");
      assertThat(lab.run("jexec a nc -6N 2001:db8::2 7", bytes("six\n")).out()).isEqualTo("six\n");
      assertThat(lab.run("jexec a nc -6uw1 2001:db8::2 7", bytes("six\n")).out())
          .isEqualTo("six\n");
      assertThat(lab.run("jexec a nc -N 192.0.2.2 7", bytes("four\n")).status()).isOne();
      assertThat(lab.run("jexec a nc -d 192.0.2.2 37", NOTHING).out()).isNotEmpty();
      end(lab, server, "inetd");
    }
  }

  @Test
  void daytime_is_the_kernels() throws Exception {
    try (Lab lab = lab(9)) {
      Lab.Running server = inetd(lab, "daytime stream tcp nowait root internal");
      String first = lab.run("jexec a nc -d 192.0.2.2 13", NOTHING).out();
      assertThat(first).matches("\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\r\n");
      lab.sim().stepper().advance(Duration.ofHours(1).toNanos());
      String second = lab.run("jexec a nc -d 192.0.2.2 13", NOTHING).out();
      assertThat(second.substring(14, 19)).isEqualTo(first.substring(14, 19));
      assertThat(second.substring(11, 13)).isNotEqualTo(first.substring(11, 13));
      end(lab, server, "inetd");
    }
  }

  @Test
  void chargen_and_discard_and_datagram_services_answer() throws Exception {
    try (Lab lab = lab(10)) {
      Lab.Running server =
          inetd(
              lab,
              "chargen stream tcp nowait root internal",
              "chargen dgram udp wait root internal",
              "daytime dgram udp wait root internal",
              "time dgram udp wait root internal",
              "discard dgram udp wait root internal");
      String line = lab.run("jexec a nc -uw1 192.0.2.2 19", bytes("x")).out();
      assertThat(line).hasSize(74).startsWith(" !\"#$%&'").endsWith("defg\r\n");
      assertThat(lab.run("jexec a nc -uw1 192.0.2.2 13", bytes("x")).out()).hasSize(26);
      assertThat(lab.run("jexec a nc -uw1 192.0.2.2 37", bytes("x")).out()).isNotEmpty();
      assertThat(lab.run("jexec a nc -uw1 192.0.2.2 9", bytes("x")).out()).isEmpty();
      end(lab, server, "inetd");
    }
  }

  @Test
  void limits_refuse_connections() throws Exception {
    try (Lab lab = lab(11)) {
      Lab.Running server = inetd(lab, "echo stream tcp nowait/0/0/1 root internal");
      Lab.Running first = lab.start("jexec a nc -d 192.0.2.2 7", NOTHING);
      LocalShell.Result second = lab.run("jexec a nc -w 5 192.0.2.2 7", bytes("x"));
      assertThat(second.out()).isEmpty();
      lab.ok("jexec a killall nc");
      lab.await(first);
      assertThat(lab.run("jexec a nc -N 192.0.2.2 7", bytes("x")).out()).isEqualTo("x");
      end(lab, server, "inetd");
    }
  }

  @Test
  void a_service_that_is_called_too_often_rests_for_ten_minutes() throws Exception {
    try (Lab lab = lab(12)) {
      Files.writeString(folder.resolve("inetd.conf"), "echo stream tcp nowait root internal\n");
      Lab.Running server = lab.start("jexec b inetd -d -R 3 inetd.conf", NOTHING);
      for (int i = 0; i < 3; i++) {
        lab.run("jexec a nc -N 192.0.2.2 7", bytes("x"));
      }
      assertThat(lab.run("jexec a nc 192.0.2.2 7", NOTHING).status()).isOne();
      lab.sim().stepper().advance(Duration.ofMinutes(11).toNanos());
      assertThat(lab.run("jexec a nc -N 192.0.2.2 7", bytes("x")).out()).isEqualTo("x");
      assertThat(end(lab, server, "inetd").err())
          .contains("echo/tcp server failing (looping), service terminated");
    }
  }

  @Test
  void fetch_takes_a_document_and_its_time() throws Exception {
    try (Lab lab = lab(13)) {
      String page =
          "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nLast-Modified: Sat, 01 Aug 2026 10:00:00 GMT\r\n"
              + "\r\nhello\n";
      Lab.Running server = lab.start("jexec b nc -lNw5 80", bytes(page));
      LocalShell.Result fetched = lab.run("jexec a fetch -q http://192.0.2.2/page", NOTHING);
      assertThat(fetched).isEqualTo(new LocalShell.Result(0, "", ""));
      assertThat(folder.resolve("page")).hasContent("hello\n");
      assertThat(Files.getLastModifiedTime(folder.resolve("page")).toInstant())
          .hasToString("2026-08-01T10:00:00Z");
      assertThat(lab.await(server).out())
          .startsWith("GET /page HTTP/1.1\r\nHost: 192.0.2.2\r\n")
          .endsWith("Connection: close\r\n\r\n");
    }
  }

  @Test
  void fetch_tells_what_is_missing() throws Exception {
    try (Lab lab = lab(14)) {
      Lab.Running server = lab.start("jexec b nc -lNw5 80", bytes("HTTP/1.1 404 No\r\n\r\n"));
      LocalShell.Result none = lab.run("jexec a fetch -o - http://192.0.2.2/page", NOTHING);
      assertThat(none)
          .isEqualTo(new LocalShell.Result(1, "", "fetch: http://192.0.2.2/page: Not Found\n"));
      lab.await(server);
      server =
          lab.start("jexec b nc -lNw5 80", bytes("HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nx"));
      LocalShell.Result cut = lab.run("jexec a fetch -q -o - http://192.0.2.2/page", NOTHING);
      assertThat(cut.status()).isOne();
      assertThat(cut.out()).isEqualTo("x");
      assertThat(cut.err()).isEqualTo("fetch: - appears to be truncated: 1/9 bytes\n");
      lab.await(server);
      server = lab.start("jexec b nc -lw90 80", NOTHING);
      LocalShell.Result late = lab.run("jexec a fetch -T 10 -o - http://192.0.2.2/page", NOTHING);
      assertThat(late.err()).isEqualTo("fetch: transfer timed out\n");
      assertThat(late.status()).isOne();
      lab.await(server);
    }
  }

  @Test
  void traceroute_names_the_hops() throws Exception {
    try (Lab lab = lab(15)) {
      lab.ok("ifconfig epair create");
      lab.all(
          """
          jail -c name=c vnet persist
          ifconfig epair1a vnet b
          ifconfig epair1b vnet c
          jexec b ifconfig epair1a 198.51.100.1/24 up
          jexec c ifconfig epair1b 198.51.100.2/24 up
          jexec b sysctl net.inet.ip.forwarding=1
          jexec a route add default 192.0.2.2
          jexec c route add default 198.51.100.1
          jexec b link epair1a delay 2500us
          """);
      // The first probe waits for ARP, which crosses the same cable.
      LocalShell.Result udp = lab.run("jexec a traceroute -n 198.51.100.2", NOTHING);
      assertThat(udp.err())
          .isEqualTo("traceroute to 198.51.100.2 (198.51.100.2), 64 hops max, 40 byte packets\n");
      assertThat(udp.out())
          .isEqualTo(
              """
               1  192.0.2.2  0.000 ms  0.000 ms  0.000 ms
               2  198.51.100.2  5.000 ms  2.500 ms  2.500 ms
              """);
      assertThat(lab.run("jexec a traceroute -nI -q 1 198.51.100.2", NOTHING).out())
          .isEqualTo(" 1  192.0.2.2  0.000 ms\n 2  198.51.100.2  2.500 ms\n");
      lab.ok("jexec c ifconfig epair1b down");
      assertThat(lab.run("jexec a traceroute -nS -q 2 -f 2 -m 3 198.51.100.2", NOTHING).out())
          .isEqualTo(" 2  * * (100% loss)\n 3  * * (100% loss)\n");
      lab.ok("jexec b ifconfig epair1a inet 198.51.100.1 delete");
      assertThat(lab.run("jexec a traceroute -n -f 2 -q 2 198.51.100.2", NOTHING).out())
          .isEqualTo(" 2  192.0.2.2  0.000 ms !H  0.000 ms !H\n");
    }
  }
}
