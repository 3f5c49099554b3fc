package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.CapturePort;
import cellblock.wire.PcapWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpdumpTest {
  private static final String ETHER = "0200000000ff" + "0200000000aa";
  private static final String ARP =
      "ffffffffffff"
          + "0200000000aa"
          + "0806"
          + "0001080006040001"
          + "0200000000aac0000201"
          + "000000000000c0000202";
  private static final String ECHO =
      ETHER + "0800" + "4500001c000000004001" + "f6dd" + "c0000201c0000202" + "0800f7fd00010001";
  private static final String UDP =
      ETHER
          + "0800"
          + "4500001e0000000040110000"
          + "c00002010a010203"
          + "3039003500"
          + "0a0000"
          + "6869";
  private static final String SYN =
      ETHER
          + "8100"
          + "0005"
          + "0800"
          + "450000280000400040060000"
          + "c0000202c0000201"
          + "00500051"
          + "00000001"
          + "00000000"
          + "5002ffff00000000";
  private static final String SIX =
      "3333000000010200000000aa"
          + "86dd"
          + "60000000"
          + "0008"
          + "3a40"
          + "fe800000000000000000000000000001"
          + "ff020000000000000000000000000001"
          + "8000000000010001";
  private static final List<String> FRAMES = List.of(ARP, ECHO, UDP, SYN, SIX);

  private final ModelKernel kernel = new ModelKernel().withEpair();
  @TempDir private Path dir;

  @BeforeEach
  void frames() {
    long at = 1_767_225_600_000_000_000L;
    for (String hex : FRAMES) {
      byte[] b = HexFormat.of().parseHex(hex);
      kernel.frames.add(new CapturePort.Frame(at += 1_500_000, b.length, true, b));
    }
  }

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line, dir);
  }

  /** Which of the frames pass, by number. */
  private String passing(String filter) throws IOException {
    try (OutputStream out = Files.newOutputStream(dir.resolve("all.pcap"));
        PcapWriter w = new PcapWriter(out, 1, 65_535, PcapWriter.Resolution.NANOSECONDS)) {
      for (int i = 0; i < FRAMES.size(); i++) {
        byte[] b = HexFormat.of().parseHex(FRAMES.get(i));
        w.write(i * 1_000_000_000L, b, 0, b.length);
      }
    }
    StringBuilder numbers = new StringBuilder();
    ToolRun r = run("tcpdump -ttnr all.pcap " + filter);
    assertThat(r.status()).as(r.err()).isZero();
    r.out().lines().forEach(l -> numbers.append(l.charAt(0)));
    return numbers.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "ip ~ 123",
        "arp ~ 0",
        "ip6 ~ 4",
        "icmp ~ 1",
        "tcp ~ 3",
        "udp or tcp ~ 23",
        "not ip ~ 04",
        "! ip and ! arp ~ 4",
        "host 192.0.2.2 ~ 013",
        "src host 192.0.2.2 ~ 3",
        "dst 192.0.2.2 ~ 01",
        "src or dst 10.1.2.3 ~ 2",
        "src and dst 192.0.2.1 ~ ''",
        "host 10.1.2.3 or 192.0.2.2 ~ 0123",
        "net 10 ~ 2",
        "net 10.1.0.0/16 ~ 2",
        "dst net 192.0.2.0 mask 255.255.255.0 ~ 013",
        "ip host 192.0.2.1 ~ 123",
        "arp host 192.0.2.1 ~ 0",
        "port 53 ~ 2",
        "udp dst port domain ~ 2",
        "tcp port 80 or 81 ~ 3",
        "src portrange 70-90 ~ 3",
        "port 12345 and not tcp ~ 2",
        "ether host 02:00:00:00:00:aa ~ 01234",
        "ether dst ff:ff:ff:ff:ff:ff ~ 0",
        "ether proto 0x86dd ~ 4",
        "ip proto 17 ~ 2",
        "broadcast ~ 0",
        "multicast ~ 04",
        "ip6 multicast ~ 4",
        "vlan ~ 3",
        "vlan 5 ~ 3",
        "vlan 6 ~ ''",
        "host fe80::1 ~ 4",
        "src host ::1 ~ ''",
        "icmp6 ~ 4",
        "less 42 ~ 01",
        "greater 43 ~ 234",
        "len = 44 ~ 2",
        "icmp[icmptype] = icmp-echo ~ 1",
        "icmp[0] == 8 and icmp[4:2] = 1 ~ 1",
        "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn ~ 3",
        "(tcp[13] & 2) != 0 ~ 3",
        "ip[2:2] - ((ip[0]&0xf)<<2) = 10 ~ 2",
        "udp and (((ip[2:2] - ((ip[0]&0xf)<<2)) - 8) != 0) ~ 2",
        "(icmp or arp) and src 192.0.2.1 ~ 01",
        "ip[6:2] & 0x1fff = 0 and not port 53 ~ 13",
        "ip[2000] = 0 ~ ''",
      })
  void filters_let_through_what_they_say(String filter, String expected) throws IOException {
    assertThat(passing(filter)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "host | syntax error, found end of filter at position 5",
        "tcp and | syntax error, found end of filter at position 8",
        "(tcp | expected ')', found end of filter at position 5",
        "host 300.1.1.1 | expected an address, found '300.1.1.1' at position 6",
        "tcp ) | syntax error, found ')' at position 5",
        "icmp port 5 | 'icmp' has no ports, found end of filter at position 12",
        "ip[0:3] = 1 | data size must be 1, 2, or 4, found '3' at position 6",
        "net 1.2.3.4/40 | mask length must be <= 32, found end of filter at position 15",
      })
  void mistakes_are_named_with_their_position(String filter, String message) {
    assertThat(run("tcpdump -i lo0 " + filter))
        .isEqualTo(new ToolRun(1, "", "tcpdump: can't parse filter expression: " + message + "\n"));
  }

  @Test
  void frames_are_printed_as_they_come() {
    ToolRun r = run("tcpdump -n -i epair0a -c 2");
    assertThat(r.out())
        .isEqualTo(
            """
            00:00:00.001500 ARP, Request who-has 192.0.2.2 tell 192.0.2.1, length 28
            00:00:00.003000 IP 192.0.2.1 > 192.0.2.2: ICMP echo request, id 1, seq 1, length 8
            """);
    assertThat(r.err())
        .contains("listening on epair0a, link-type EN10MB (Ethernet), snapshot length 262144 bytes")
        .endsWith(
            "2 packets captured\n5 packets received by filter\n0 packets dropped by kernel\n");
    assertThat(run("tcpdump -tttt -e -i epair0a arp").out())
        .startsWith("2026-01-01 00:00:00.001500 02:00:00:00:00:aa > ff:ff:ff:ff:ff:ff");
    assertThat(run("tcpdump -i epair0a arp").err())
        .contains("tcpdump: pcap_loop: The interface disappeared");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.pcap", "a.pcapng"})
  void what_is_saved_is_read_back(String file) {
    ToolRun w = run("tcpdump -i epair0a -s 40 -U -c 5 -w " + file);
    assertThat(w.status()).isZero();
    assertThat(w.out()).isEmpty();
    String live = run("tcpdump -i epair0a -s 40 -c 5").out();
    ToolRun r = run("tcpdump -r " + file);
    assertThat(r.err()).isEqualTo("reading from file " + file + ", link-type EN10MB (Ethernet)\n");
    assertThat(r.out()).isEqualTo(live).isNotEmpty();
    assertThat(run("tcpdump -r " + file + " -w b.pcap arp").status()).isZero();
    assertThat(run("tcpdump -r b.pcap").out().lines()).hasSize(1);
  }

  @Test
  void broken_files_and_filters_are_refused_without_a_fault() throws IOException {
    long seed = 20_260_101L;
    SplittableRandom random = new SplittableRandom(seed);
    run("tcpdump -i epair0a -c 5 -w a.pcap");
    run("tcpdump -i epair0a -c 5 -w a.pcapng");
    for (String name : List.of("a.pcap", "a.pcapng")) {
      byte[] good = Files.readAllBytes(dir.resolve(name));
      for (int i = 0; i < 400; i++) {
        byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
        for (int k = random.nextInt(4); k > 0 && bad.length > 0; k--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        Files.write(dir.resolve("bad"), bad);
        assertThat(run("tcpdump -X -r bad").status())
            .as("seed %d, run %d", seed, i)
            .isBetween(0, 1);
      }
    }
    String[] words =
        "tcp ( ) [ ] host 10.0.0.1 : & | - and or not ip port 80 len = 4 fe80::1 icmp net / ether"
            .split(" ");
    for (int i = 0; i < 3000; i++) {
      StringBuilder filter = new StringBuilder("tcpdump -d");
      for (int k = random.nextInt(12); k > 0; k--) {
        filter.append(' ').append(words[random.nextInt(words.length)]);
      }
      assertThat(run(filter.toString()).status()).as(filter.toString()).isBetween(0, 1);
    }
    assertThat(run("tcpdump -d " + "( ".repeat(5000)).err()).contains("nested too deeply");
  }
}
