package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.wire.WgKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** wg(8): what it prints is what wireguard-tools 1.0.20210914 printed for the same. */
class WgToolLabTest {
  private static final String ONE = "ERERERERERERERERERERERERERERERERERERERERERE=";
  private static final String TWO = "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI=";
  private static final String PSK = "MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM=";
  private static final String PRIVATE = "SEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEg=";
  private static final String PUBLIC = "kXeyMnjL8PPRfDbyrMm1XpyF+HsiClOG7DcNZj4g4zc=";

  @TempDir private Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private void setUp(Lab lab) throws IOException {
    lab.ok("ifconfig wg0 create");
    lab.ok("ifconfig wg1 create");
    lab.ok("wg set wg0 listen-port 51820 fwmark 16 private-key " + file("key", PRIVATE));
    lab.ok("wg set wg0 peer " + ONE + " endpoint [2001:db8::9]:7 persistent-keepalive 65");
    lab.ok("wg set wg0 peer " + ONE + " allowed-ips 10.0.0.2/32,2001:db8::/64");
    lab.ok("wg set wg0 peer " + TWO + " preshared-key " + file("psk", PSK + "\n"));
  }

  @Test
  void every_column_is_printed_as_there() throws Exception {
    try (Lab lab = new Lab(1)) {
      setUp(lab);
      assertThat(lab.ok("wg show"))
          .isEqualTo(
              """
              interface: wg0
                public key: %s
                private key: (hidden)
                listening port: 51820
                fwmark: 0x10

              peer: %s
                endpoint: [2001:db8::9]:7
                allowed ips: 2001:db8::/64, 10.0.0.2/32
                persistent keepalive: every 1 minute, 5 seconds

              peer: %s
                preshared key: (hidden)
                allowed ips: (none)

              interface: wg1
              """
                  .formatted(PUBLIC, ONE, TWO));
      assertThat(lab.ok("wg show wg0 dump"))
          .isEqualTo(
              "%s\t%s\t51820\t0x10\n".formatted(PRIVATE, PUBLIC)
                  + ONE
                  + "\t(none)\t[2001:db8::9]:7\t2001:db8::/64,10.0.0.2/32\t0\t0\t0\t65\n"
                  + TWO
                  + "\t%s\t(none)\t(none)\t0\t0\t0\toff\n".formatted(PSK));
      assertThat(lab.ok("wg show all dump"))
          .contains("wg1\t(none)\t(none)\t0\toff\n")
          .contains("wg0\t" + TWO + "\t");
      assertThat(lab.ok("wg show wg0 endpoints"))
          .isEqualTo(ONE + "\t[2001:db8::9]:7\n" + TWO + "\t(none)\n");
      assertThat(lab.ok("wg show all endpoints"))
          .isEqualTo("wg0\t" + ONE + "\t[2001:db8::9]:7\n" + TWO + "\t(none)\nwg1\t");
      assertThat(lab.ok("wg show wg0 allowed-ips"))
          .isEqualTo(ONE + "\t2001:db8::/64 10.0.0.2/32\n" + TWO + "\t(none)\n");
      assertThat(lab.ok("wg show all preshared-keys"))
          .isEqualTo("wg0\t" + ONE + "\t(none)\nwg0\t" + TWO + "\t" + PSK + "\n");
      assertThat(lab.ok("wg show wg0 transfer")).isEqualTo(ONE + "\t0\t0\n" + TWO + "\t0\t0\n");
      assertThat(lab.ok("wg show wg0 latest-handshakes")).isEqualTo(ONE + "\t0\n" + TWO + "\t0\n");
      assertThat(lab.ok("wg show wg0 persistent-keepalive"))
          .isEqualTo(ONE + "\t65\n" + TWO + "\toff\n");
      assertThat(lab.ok("wg show all listen-port")).isEqualTo("wg0\t51820\nwg1\t0\n");
      assertThat(lab.ok("wg show all fwmark")).isEqualTo("wg0\t0x10\nwg1\toff\n");
      assertThat(lab.ok("wg show wg1 public-key")).isEqualTo("(none)\n");
      assertThat(lab.ok("wg show interfaces")).isEqualTo("wg0 wg1\n");
      assertThat(lab.ok("wg showconf wg1")).isEqualTo("[Interface]\n\n");
    }
  }

  @Test
  void a_configuration_makes_what_it_says() throws Exception {
    try (Lab lab = new Lab(2)) {
      setUp(lab);
      String text = lab.ok("wg showconf wg0");
      assertThat(text)
          .isEqualTo(
              """
              [Interface]
              ListenPort = 51820
              FwMark = 0x10
              PrivateKey = %s

              [Peer]
              PublicKey = %s
              AllowedIPs = 2001:db8::/64, 10.0.0.2/32
              Endpoint = [2001:db8::9]:7
              PersistentKeepalive = 65

              [Peer]
              PublicKey = %s
              PresharedKey = %s
              """
                  .formatted(PRIVATE, ONE, TWO, PSK));
      String all = file("wg0.conf", text);
      lab.ok("wg setconf wg1 " + all);
      // What a device lists newest first is read in again: the other way round, as there.
      assertThat(lab.ok("wg showconf wg1").replace("10.0.0.2/32, 2001:db8::/64", "*"))
          .isEqualTo(text.replace("2001:db8::/64, 10.0.0.2/32", "*"));
      String small = file("small.conf", "[interface]\n Private Key =" + PRIVATE + " # mine\n");
      lab.ok("wg addconf wg0 " + small);
      assertThat(lab.ok("wg show wg0 peers")).isEqualTo(ONE + "\n" + TWO + "\n");
      String one = file("one.conf", "[Peer]\nPublicKey=" + TWO + "\nAllowedIPs=10.0.0.0/8, ::/0\n");
      lab.ok("wg syncconf wg0 " + one);
      assertThat(lab.ok("wg showconf wg0"))
          .isEqualTo(
              "[Interface]\n\n[Peer]\nPublicKey = " + TWO + "\nAllowedIPs = ::/0, 10.0.0.0/8\n");
      lab.ok("wg setconf wg0 " + file("none.conf", ""));
      assertThat(lab.ok("wg showconf wg0")).isEqualTo("[Interface]\n\n");
    }
  }

  /** Arguments, then what is said. */
  private static final List<List<String>> REFUSED =
      List.of(
          List.of("listen-port", "Invalid argument: listen-port"),
          List.of("listen-port x", "Service was not recognized for socket type: `x'"),
          List.of("fwmark 0xzz", "Fwmark is neither 0/off nor 0-0xffffffff: `0xzz'"),
          List.of("fwmark 4294967296", "Fwmark is neither 0/off nor 0-0xffffffff: `4294967296'"),
          List.of("private-key /nonexistent", "fopen: No such file or directory"),
          List.of("peer", "Invalid argument: peer"),
          List.of("peer foo", "Key is not the correct length or format: `foo'"),
          List.of("peer K endpoint foo", "Unable to find port of endpoint: `foo'"),
          List.of("peer K endpoint [::1", "Unable to find matching brace of endpoint: `[::1'"),
          List.of("peer K endpoint [::1]7", "Unable to find port of endpoint: `[::1]7'"),
          List.of("peer K endpoint 1.2.3.4:", "Unable to find port of endpoint: `1.2.3.4:'"),
          List.of("peer K endpoint no.such.host:7", "Name does not resolve: `no.such.host:7'"),
          List.of(
              "peer K allowed-ips 10.0.0.1/33",
              "AllowedIP is not in the correct format: `10.0.0.1/33'"),
          List.of("peer K allowed-ips 10.0.0/8", "Unable to parse IP address: `10.0.0'"),
          List.of("peer K allowed-ips fe80::1%lo0", "Unable to parse IP address: `fe80::1%lo0'"),
          List.of(
              "peer K persistent-keepalive 70000",
              "Persistent keepalive interval is neither 0/off nor 1-65535: `70000'"),
          List.of("peer K remove listen-port 7", "Invalid argument: listen-port"));

  @Test
  void what_cannot_be_read_is_said_as_there() throws Exception {
    try (Lab lab = new Lab(3)) {
      setUp(lab);
      String before = lab.ok("wg showconf wg0");
      for (List<String> r : REFUSED) {
        assertThat(lab.fails("wg set wg0 " + r.getFirst().replace("K", ONE), 1))
            .isEqualTo(r.getLast() + "\n");
      }
      assertThat(lab.run("wg set wg0 peer " + TWO + " allowed-ips 10.0.0.1/8").err())
          .isEqualTo("Warning: AllowedIP has nonzero host part: 10.0.0.1/8\n");
      lab.ok("wg set wg0 peer " + TWO + " remove");
      lab.ok("wg set wg0 peer " + TWO + " preshared-key " + file("psk", PSK));
      assertThat(lab.ok("wg showconf wg0")).isEqualTo(before);
      for (String text : List.of("short", PRIVATE + "x", "x".repeat(44))) {
        lab.fails("wg set wg0 private-key " + file("bad", text), 1);
      }
      assertThat(lab.fails("wg set nope fwmark 1", 1))
          .isEqualTo("Unable to modify interface: Device not configured\n");
      assertThat(lab.fails("wg set lo0 fwmark 1", 1))
          .isEqualTo("Unable to modify interface: Invalid argument\n");
      assertThat(lab.fails("wg show lo0", 1))
          .isEqualTo("Unable to access interface: Invalid argument\n");
      assertThat(lab.fails("wg show wg0 foo", 1)).startsWith("Invalid parameter: `foo'\nUsage: ");
      assertThat(lab.fails("wg foo", 1)).startsWith("Invalid subcommand: `foo'\nUsage: wg <cmd>");
      assertThat(lab.fails("wg setconf wg0 " + file("c", "[Interface]\nfoo=1\n"), 1))
          .isEqualTo("Line unrecognized: `foo=1'\nConfiguration parsing error\n");
      assertThat(lab.fails("wg setconf wg0 " + file("c", "[Interface]\nPrivateKey=\n"), 1))
          .isEqualTo("Line unrecognized: `PrivateKey='\nConfiguration parsing error\n");
      assertThat(lab.fails("wg setconf wg0 " + file("c", "[Peer]\nAllowedIPs=1.2.3.4\n"), 1))
          .isEqualTo("A peer is missing a public key\nInvalid configuration\n");
      assertThat(lab.ok("wg showconf wg0")).isEqualTo(before);
    }
  }

  @Test
  void keys_are_made_and_read() {
    try (Lab lab = new Lab(4)) {
      WgKey key = WgKey.tryParse(lab.ok("wg genkey").strip());
      assertThat(key).isNotNull();
      assertThat(key.clamped()).isEqualTo(key);
      assertThat(WgKey.tryParse(lab.ok("wg genpsk").strip())).isNotNull().isNotEqualTo(key);
      assertThat(pubkey(lab, PRIVATE + "\n")).isEqualTo(PUBLIC + "\n");
      assertThat(pubkey(lab, "abc\n")).isEqualTo("wg: Key is not the correct length or format\n");
      assertThat(pubkey(lab, PRIVATE + "\njunk\n"))
          .isEqualTo("wg: Trailing characters found after key\n");
    }
  }

  @Test
  void a_seed_repeats_the_keys_and_another_makes_others() {
    List<String> made = new ArrayList<>();
    for (long seed : new long[] {6, 6, 7}) {
      try (Lab lab = new Lab(seed)) {
        made.add(lab.ok("wg genkey") + lab.ok("wg genpsk"));
      }
    }
    assertThat(made.get(1)).isEqualTo(made.get(0));
    assertThat(made.get(2)).isNotEqualTo(made.get(0));
  }

  private static String pubkey(Lab lab, String in) {
    var r = lab.run("wg pubkey", in.getBytes(StandardCharsets.US_ASCII));
    return r.out() + r.err();
  }

  @Test
  void whatever_a_file_says_is_refused_or_done_and_never_half_done() throws Exception {
    long seed = 20261121;
    Random random = new Random(seed);
    String[] pieces = {
      "[Interface]",
      "[Peer]",
      "[peer",
      "PrivateKey=" + PRIVATE,
      "PrivateKey=x",
      "ListenPort=7",
      "ListenPort=-1",
      "FwMark=0x7",
      "FwMark=-",
      "PublicKey=" + ONE,
      "PublicKey=" + TWO,
      "PublicKey=",
      "PresharedKey=" + PSK,
      "AllowedIPs=",
      "AllowedIPs=10.0.0.0/8",
      "AllowedIPs=10.0.0.0/8,",
      "AllowedIPs=::/0,10.1.0.0/16",
      "AllowedIPs=/",
      "Endpoint=1.2.3.4:5",
      "Endpoint=[fe80::1]:9",
      "Endpoint=:",
      "PersistentKeepalive=off",
      "PersistentKeepalive=9",
      "=",
      "#",
      "\u00e4=\u00f6"
    };
    try (Lab lab = new Lab(5)) {
      setUp(lab);
      int done = 0;
      for (int i = 0; i < 150; i++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(7); n >= 0; n--) {
          text.append(pieces[random.nextInt(random.nextBoolean() ? 2 : pieces.length)])
              .append('\n');
        }
        String before = lab.ok("wg showconf wg0");
        var r = lab.run("wg setconf wg0 " + file("fuzz", text.toString()));
        assertThat(r.status()).as("seed %d step %d: %s", seed, i, r).isBetween(0, 1);
        if (r.status() == 0) {
          done++;
        } else {
          assertThat(lab.ok("wg showconf wg0")).as("seed %d step %d", seed, i).isEqualTo(before);
        }
      }
      assertThat(done).isPositive();
    }
  }
}
