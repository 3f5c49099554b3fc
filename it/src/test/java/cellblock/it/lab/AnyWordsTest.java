package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.LocalShell;
import cellblock.kern.lane.Lane;
import cellblock.userland.Tools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user types by mistake: the examples of the manual pages with words changed, dropped,
 * doubled and exchanged. Every command ends, by itself or by a signal, with a status and without an
 * exception; the kernel goes on, and at the end nothing is left.
 */
@Timeout(600)
class AnyWordsTest {
  /** 1,000 in the profile "soak". */
  private static final int SEEDS = Integer.getInteger("cellblock.words.seeds", 20);

  private static final int ROUNDS = 4;
  private static final int COMMANDS = 60;
  private static final Path PAGES = Path.of("..", "docs", "man");

  /** They start programs of the host, or are not of virtual time. */
  private static final List<String> NOT = List.of("daemon", "inetd", "sh");

  private static final List<String> JUNK =
      List.of(
          "-",
          "--",
          "-1",
          "0",
          "1",
          "65535",
          "65536",
          "4294967296",
          "99999999999999999999",
          "0x",
          "1e9",
          "NaN",
          "%",
          "%s",
          ":",
          "::",
          "::1%lo0",
          "fe80::1%nosuch",
          "1.2.3.4/33",
          "1.2.3.4/-1",
          "1.2.3",
          "255.255.255.255",
          "224.0.0.1",
          "=",
          "a=",
          "=b",
          ".",
          "..",
          "a.b",
          "\u00e4",
          "x".repeat(300),
          "lo0",
          "epair0a",
          "epair0b",
          "a",
          "b",
          "name=a",
          "create",
          "destroy",
          "up",
          "inet",
          "inet6");

  static Stream<Long> seeds() {
    return Stream.iterate(1L, s -> s + 1).limit(SEEDS);
  }

  private final List<List<String>> examples = new ArrayList<>();
  private final List<String> words = new ArrayList<>(JUNK);
  private final List<String> wrong = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  /** The examples that are one command of ours. */
  private void read() throws IOException {
    TreeSet<String> all = new TreeSet<>();
    try (Stream<Path> pages = Files.list(PAGES)) {
      for (Path page : pages.sorted().toList()) {
        for (String line : Files.readAllLines(page)) {
          if (line.startsWith("$ ") && !line.substring(2).matches(".*[|<>;&$`'\"(){}\\\\].*")) {
            List<String> command = List.of(line.substring(2).strip().split("\\s+"));
            if (isOurs(command.getFirst())) {
              examples.add(command);
              all.addAll(command.subList(1, command.size()));
            }
          }
        }
      }
    }
    all.removeIf(w -> w.contains("/") && w.startsWith("/"));
    words.addAll(all);
  }

  private static boolean isOurs(String name) {
    return Tools.inVirtualTime().containsKey(name) && !NOT.contains(name);
  }

  private List<String> command(SplittableRandom random) {
    List<String> c = new ArrayList<>(examples.get(random.nextInt(examples.size())));
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      int at = 1 + random.nextInt(c.size());
      switch (random.nextInt(6)) {
        case 0 -> c.add(at, words.get(random.nextInt(words.size())));
        case 1 -> c.add(at, "-" + (char) ('A' + random.nextInt(58)));
        case 2 -> {
          if (at < c.size()) {
            c.remove(at);
          }
        }
        case 3 -> {
          if (at < c.size()) {
            c.set(at, words.get(random.nextInt(words.size())));
          }
        }
        case 4 -> {
          if (at < c.size()) {
            c.add(at, c.get(at));
          }
        }
        default -> {
          if (at < c.size()) {
            c.set(at, c.get(at) + words.get(random.nextInt(words.size())));
          }
        }
      }
    }
    return c;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatever_is_typed_ends_with_a_status_and_no_exception(long seed, @TempDir Path folder)
      throws IOException {
    read();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      log.clear();
      try (Lab lab = new Lab(seed, folder)) {
        lab.pair("a", "b");
        for (int i = 0; i < COMMANDS && wrong.isEmpty(); i++) {
          List<String> words = command(random);
          if (harmless(words)) {
            take(lab, words);
          }
        }
        assertThat(wrong).as("seed %d, after%n%s", seed, String.join("\n", log)).isEmpty();
      }
    }
  }

  /** Nothing of the host is named: no path, no program. */
  private static boolean harmless(List<String> words) {
    return words.stream().noneMatch(w -> w.startsWith("/") || w.contains("exec") && w.contains("="))
        && (!words.getFirst().equals("jexec") || words.stream().anyMatch(AnyWordsTest::isOurs));
  }

  private void take(Lab lab, List<String> words) {
    String text = String.join(" ", words);
    log.add(text);
    List<LocalShell.Result> ended = new ArrayList<>();
    List<Throwable> broken = new ArrayList<>();
    lab.begin(text, ended::add, broken::add);
    lab.sim().stepper().advance(Duration.ofSeconds(3).toNanos());
    for (int i = 0; i < 3 && ended.isEmpty() && broken.isEmpty(); i++) {
      lab.run("killall -KILL -m .");
      lab.sim().stepper().advance(Duration.ofSeconds(40).toNanos());
    }
    if (!broken.isEmpty()) {
      wrong.add(text + ": " + broken.getFirst());
    } else if (ended.isEmpty()) {
      wrong.add(text + ": does not end");
    } else if (ended.getFirst().err().contains("\tat ")
        || ended.getFirst().err().contains("Exception")) {
      wrong.add(text + ": " + ended.getFirst().err());
    }
    if (!lab.kernel().machine().memguard().faults().isEmpty()) {
      wrong.add(text + ": " + lab.kernel().machine().memguard().faults());
    }
    for (Lane lane : lab.kernel().machine().lanes().snapshot()) {
      if (lane.fault() != null) {
        wrong.add(text + ": lane " + lane + ": " + lane.fault());
      }
    }
  }

  // ---- files ----

  /** A file and the commands that read it, by the name "f". */
  private record Sample(byte[] content, List<String> commands) {
    Sample(String text, String... commands) {
      this(text.getBytes(StandardCharsets.UTF_8), List.of(commands));
    }
  }

  private static List<Sample> samples(byte[] capture) {
    return List.of(
        new Sample(
            """
            $net = "192.0.2";              # a variable
            host.hostname = "$name.test";  // for every jail
            "web.*" { persist; }           /* for web.a, web.a.b */
            x { vnet; persist; children.max = 3; vnet.interface = "lo7", lo8; allow.raw_sockets; }
            y { $n = 7; ip4.addr = "lo0|${net}.${n}/32"; ip6 = inherit; persist = false; depend += x; }
            """,
            "jail -f f -c",
            "jail -f f -cm",
            "jail -f f -e ,",
            "jail -f f -R x"),
        new Sample(
            """
            [Interface]
            PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=
            ListenPort = 51820
            [Peer]
            PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=
            PresharedKey = FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=
            AllowedIPs = 10.192.122.3/32, 10.192.124.1/24,fd00::/8
            Endpoint = 192.0.2.2:1234
            PersistentKeepalive = 25
            """,
            "wg setconf wg0 f",
            "wg addconf wg0 f",
            "wg syncconf wg0 f",
            "wg showconf wg0"),
        new Sample(
            """
            flush; # all of them
            add 192.0.2.1 192.0.2.2 tcp 0x1000 -A tcp-md5 "secret" ;
            add 192.0.2.1 192.0.2.2 tcp 0x1001 -m any -A tcp-md5 0x0011223344 ;
            get 192.0.2.1 192.0.2.2 tcp 0x1000 ; dump ;
            """,
            "setkey -f f"),
        new Sample(
            """
            default:\\
            \t:chlim#64:raflags="mo":rltime#1800:mtu#auto:
            epair0a:\\
            \t:maxinterval#4:addr="2001:db8:1::":prefixlen#64:pinfoflags="la":vltime#60:tc=default:\\
            \t:rdnss="2001:db8::53,2001:db8::54":dnssl="a.test,b.test":
            """,
            "jexec a rtadvd -f -c f epair0a"),
        new Sample(
            "tcp port 80 and (src host 192.0.2.1 or net 10/8) or ip6[6] & 0x3f = 58 and not"
                + " ether host 2:0:0:0:0:1 or icmp[icmptype] = icmp-echo or portrange 1-9 or less 60",
            "tcpdump -F f -r capture"),
        new Sample(
            capture, List.of("tcpdump -nvvv -r f", "tcpdump -eXX -r f", "tcpdump -tttt -AS -r f")));
  }

  private static byte[] changed(byte[] from, SplittableRandom random) {
    byte[] marks = "{}[];:=+#$\"'\\/*,.|-\n\r\t 09azAZ\0".getBytes(StandardCharsets.US_ASCII);
    byte[] now = from;
    for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
      int at = random.nextInt(now.length + 1);
      int to = Math.min(now.length, at + random.nextInt(9));
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      next.write(now, 0, at);
      switch (random.nextInt(4)) {
        case 0 -> next.write(marks[random.nextInt(marks.length)]);
        case 1 -> next.write(random.nextInt(256));
        case 2 -> next.write(now, at, to - at); // twice, by what follows
        default -> at = to; // left out
      }
      next.write(now, at, now.length - at);
      now = next.toByteArray();
    }
    return now;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatever_a_file_holds_the_tool_that_reads_it_ends_with_a_status_and_no_exception(
      long seed, @TempDir Path folder) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    try (Lab lab = new Lab(seed, folder)) {
      lab.pair("a", "b");
      lab.ok("ifconfig wg0 create");
      Lab.Running tcpdump = lab.start("jexec a tcpdump -c 12 -w capture -i epair0a", new byte[0]);
      lab.ok("jexec a ping -q -c 2 192.0.2.2");
      lab.run("jexec a ping -q -c 2 -t 3 ff02::1%epair0a");
      lab.run("jexec a fetch -q -T 1 http://192.0.2.2/x");
      lab.run("jexec a traceroute -w 1 -m 2 192.0.2.77");
      lab.await(tcpdump);
      byte[] capture = Files.readAllBytes(folder.resolve("capture"));
      List<Sample> samples = samples(capture);
      for (int i = 0; i < ROUNDS * COMMANDS && wrong.isEmpty(); i++) {
        Sample sample = samples.get(random.nextInt(samples.size()));
        byte[] content = changed(sample.content(), random);
        Files.write(folder.resolve("f"), content);
        log.add(new String(content, StandardCharsets.ISO_8859_1));
        take(
            lab,
            List.of(sample.commands().get(random.nextInt(sample.commands().size())).split(" ")));
      }
      assertThat(wrong).as("seed %d, after%n%s", seed, last(log)).isEmpty();
      lab.run("ifconfig wg0 destroy");
    }
  }

  /** The last file and the last command. */
  private static String last(List<String> log) {
    return String.join("\n", log.subList(Math.max(0, log.size() - 2), log.size()));
  }
}
