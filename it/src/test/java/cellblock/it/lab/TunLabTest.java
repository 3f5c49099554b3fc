package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.DevicePort;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.host.Jail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** tun(4) and tap(4): what programs send and get, how devices close, move and die. */
class TunLabTest {
  private static final byte[] NOTHING = {};

  private static Lab lab(long seed) {
    Lab lab = new Lab(seed);
    lab.ok("jail -c name=a vnet persist");
    return lab;
  }

  @Test
  void a_jail_makes_what_generic_has_and_nobody_loads_a_module() {
    try (Lab lab = new Lab(20)) {
      lab.ok("jail -c name=a vnet persist");
      assertThat(lab.ok("jexec a ifconfig -C")).contains("tun", "tap", "gif", "epair", "lo");
      assertThat(lab.ok("jexec a ifconfig tun create")).isEqualTo("tun0\n");
      assertThat(lab.ok("jexec a ifconfig tap create")).isEqualTo("tap0\n");
      assertThat(lab.ok("jexec a ifconfig gif create")).isEqualTo("gif0\n");
      assertThat(lab.fails("kldload if_gif", 1))
          .isEqualTo("kldload: can't load if_gif: module already loaded or in kernel\n");
      lab.ok("kldload -n if_tuntap");
      lab.ok("jail -r a");
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  private static Jail jail(Lab lab, String name) {
    Jail jail = lab.kernel().jail(name);
    assertThat(jail).isNotNull();
    return jail;
  }

  /** Sends every packet back with its addresses exchanged, until the device goes. */
  private static Object mirror(KernelPort port, String path, boolean head, List<String> log)
      throws Exception {
    try (DevicePort tun = port.open(path)) {
      tun.control("TUNSIFHEAD", head ? 1 : 0);
      log.add("open " + tun.ifname());
      byte[] b = new byte[2000];
      int at = head ? 4 : 0;
      while (true) {
        int n = tun.read(b, 0, b.length, null);
        boolean four = b[at] >> 4 == 4;
        int half = four ? 4 : 16;
        int from = at + (four ? 12 : 8);
        for (int i = from; i < from + half; i++) {
          byte was = b[i];
          b[i] = b[i + half];
          b[i + half] = was;
        }
        int icmp = four ? at + 20 : at + 40;
        if (four && b[icmp] == 8) {
          b[icmp] = 0; // echo request to reply: the sum grows by 0x0800
          int sum = ((b[icmp + 2] & 255) << 8 | b[icmp + 3] & 255) + 0x800;
          sum = (sum & 0xffff) + (sum >> 16);
          b[icmp + 2] = (byte) (sum >> 8);
          b[icmp + 3] = (byte) sum;
        }
        tun.write(b, 0, n);
      }
    } catch (KernelError e) {
      log.add("ended by " + e.errno());
    } catch (InterruptedException e) {
      log.add("killed");
    }
    return true;
  }

  @Test
  void a_program_answers_what_the_jail_sends_and_the_close_leaves_a_bare_interface()
      throws Exception {
    try (Lab lab = lab(1)) {
      assertThat(lab.ok("jexec a ifconfig tun create")).isEqualTo("tun0\n");
      assertThat(lab.ok("jexec a ifconfig tun0"))
          .startsWith("tun0: flags=8010<POINTOPOINT,MULTICAST> metric 0 mtu 1500\n")
          .contains("\toptions=80000<LINKSTATE>\n")
          .contains("\tgroups: tun\n")
          .doesNotContain("Opened");
      List<String> log = new ArrayList<>();
      Thread program =
          jail(lab, "a").start("mirror", port -> mirror(port, "/dev/tun0", false, log));
      lab.sim().stepper().settle();
      lab.ok("jexec a ifconfig tun0 10.0.0.1 10.0.0.2");
      assertThat(lab.ok("jexec a ping -c 3 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      assertThat(lab.ok("jexec a ifconfig tun0"))
          .startsWith("tun0: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> metric 0 mtu 1500\n")
          .contains("\tinet 10.0.0.1 --> 10.0.0.2 netmask 0xff")
          .containsPattern("\tOpened by PID \\d+\n$");
      jail(lab, "a")
          .run(
              "second",
              port -> {
                assertThatThrownBy(() -> port.open("/dev/tun0"))
                    .isInstanceOfSatisfying(
                        KernelError.class, e -> assertThat(e.errno()).isEqualTo("EBUSY"));
                return 0;
              });
      program.interrupt();
      lab.sim().stepper().settle();
      assertThat(log).containsExactly("open tun0", "killed");
      assertThat(lab.ok("jexec a ifconfig tun0"))
          .startsWith("tun0: flags=8010<POINTOPOINT,MULTICAST>")
          .doesNotContain("inet ")
          .doesNotContain("Opened");
      assertThat(lab.ok("jexec a netstat -rn -4")).doesNotContain("10.0.0");
      lab.ok("jail -r a");
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  @Test
  void frames_of_a_tap_cross_and_a_closed_one_has_no_carrier() throws Exception {
    try (Lab lab = lab(2)) {
      lab.ok("kldload if_bridge");
      lab.all(
          """
          ifconfig tap0 create
          ifconfig tap1 create
          ifconfig bridge0 create
          ifconfig bridge0 addm tap0 addm tap1 up
          ifconfig tap0 up
          ifconfig tap1 up
          """);
      assertThat(lab.ok("ifconfig tap0"))
          .startsWith("tap0: flags=8903<UP,BROADCAST,PROMISC,SIMPLEX,MULTICAST>")
          .contains("\tether 58:9c:fc:10:")
          .contains("\tmedia: Ethernet 1000baseT <full-duplex>\n\tstatus: no carrier\n");
      KernelPort port = lab.kernel().port();
      try (DevicePort one = port.open("/dev/tap0");
          DevicePort two = port.open("/dev/tap1")) {
        assertThat(lab.ok("ifconfig tap0"))
            .contains("RUNNING")
            .contains("\tstatus: active\n")
            .contains("\tOpened by PID " + port.pid() + "\n");
        byte[] frame = new byte[60];
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        frame[6] = 2;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        one.write(frame, 0, frame.length);
        byte[] got = new byte[100];
        assertThat(two.read(got, 0, 100, Duration.ZERO)).isEqualTo(60);
        assertThat(Arrays.copyOf(got, 60)).isEqualTo(frame);
        assertThat(two.read(got, 0, 100, Duration.ZERO)).isZero();
        assertThat(two.read(got, 0, 100, Duration.ofSeconds(5))).isZero();
        assertThat(lab.ok("ifconfig bridge0 addr")).contains("02:00:00:00:00:00 Vlan1 tap0");
        // More than the queue holds is refused and counted.
        for (int i = 0; i < 200; i++) {
          one.write(frame, 0, frame.length);
        }
        int read = 0;
        while (two.read(got, 0, 100, Duration.ZERO) > 0) {
          read++;
        }
        assertThat(read).isEqualTo(128);
        assertThatThrownBy(() -> one.write(new byte[9001], 0, 9001)).hasMessageContaining("Input");
        // A frame for somebody else is let in, since the bridge makes it promiscuous; not after.
        lab.ok("ifconfig bridge0 deletem tap0");
        one.write(frame, 0, frame.length);
        assertThat(two.read(got, 0, 100, Duration.ZERO)).isZero();
        one.control("TUNSTRANSIENT", 1);
        assertThatThrownBy(() -> one.control("TUNSIFHEAD", 1)).hasMessageContaining("ioctl");
      }
      lab.sim().stepper().settle();
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0 tap1 bridge0\n");
      lab.all("ifconfig tap1 destroy\nifconfig bridge0 destroy\njail -r a");
    }
  }

  @Test
  void a_device_that_is_not_there_is_made_and_what_is_another_jail_s_is_not_seen()
      throws Exception {
    try (Lab lab = lab(3)) {
      lab.ok("jail -c name=b vnet persist");
      List<String> log = new ArrayList<>();
      jail(lab, "a")
          .run(
              "cloner",
              port -> {
                try (DevicePort next = port.open("/dev/tun");
                    DevicePort seventh = port.open("/dev/tun7");
                    DevicePort tap = port.open("/dev/tap")) {
                  log.add(next.ifname() + " " + seventh.ifname() + " " + tap.ifname());
                }
                return 0;
              });
      assertThat(log).containsExactly("tun0 tun7 tap0");
      assertThat(lab.ok("jexec a ifconfig -l")).isEqualTo("lo0 tun0 tun7 tap0\n");
      assertThat(lab.ok("ledger a")).contains("device tun0");
      jail(lab, "b")
          .run(
              "stranger",
              port -> {
                for (String path : List.of("/dev/tun0", "/dev/null", "tun0", "/dev/tun99999999")) {
                  assertThatThrownBy(() -> port.open(path)).isInstanceOf(KernelError.class);
                }
                return 0;
              });
      lab.kernel().port().open("/dev/tun7").close(); // the host sees all
      lab.ok("sysctl net.link.tun.devfs_cloning=0");
      assertThatThrownBy(() -> lab.kernel().port().open("/dev/tun"))
          .hasMessageContaining("No such");
      lab.all("jail -r a\njail -r b");
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
    }
  }

  /** The host's program goes on with an interface that has been lent to a jail, and back. */
  @Test
  void an_open_device_follows_its_interface() throws Exception {
    try (Lab lab = lab(4)) {
      lab.ok("ifconfig tun0 create");
      List<String> log = new ArrayList<>();
      Lab.Running none = lab.start("sleep 0", NOTHING);
      Thread program =
          lab.kernel()
              .threads()
              .start("vpn", () -> run(() -> mirror(lab.kernel().port(), "/dev/tun0", true, log)));
      lab.sim().stepper().settle();
      lab.await(none);
      lab.ok("ifconfig tun0 vnet a");
      lab.ok("jexec a ifconfig tun0 inet6 2001:db8::1/64 no_dad");
      lab.ok("jexec a ifconfig tun0 10.0.0.1 10.0.0.2");
      assertThat(lab.ok("jexec a ifconfig tun0")).contains("Opened by PID");
      assertThat(lab.ok("jexec a ping -c 3 -i 0.1 10.0.0.2")).contains(" 0.0% packet loss");
      lab.ok("jail -r a");
      assertThat(lab.ok("ifconfig tun0")).contains("Opened by PID").doesNotContain("<UP");
      assertThat(log).containsExactly("open tun0");
      // F10: nobody waits for the program.
      lab.ok("ifconfig tun0 destroy");
      lab.sim().stepper().settle();
      assertThat(log).containsExactly("open tun0", "ended by ENXIO");
      program.join(1000);
    }
  }

  /** Something that may fail. */
  private interface Body {
    Object run() throws Exception;
  }

  private static void run(Body body) {
    try {
      body.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** F9 and F10: a jail whose program made its device, and one of the host that stays open. */
  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7})
  void a_jail_with_open_devices_dies_under_traffic(long seed) throws Exception {
    try (Lab lab = lab(seed)) {
      List<String> log = new ArrayList<>();
      jail(lab, "a").start("mirror", port -> mirror(port, "/dev/tun", false, log));
      lab.sim().stepper().settle();
      lab.ok("jexec a ifconfig tun1 create");
      DevicePort held = lab.kernel().port().open("/dev/tun1"); // by the host, and never read
      lab.ok("jexec a ifconfig tun0 10.0.0.1 10.0.0.2");
      lab.ok("jexec a ifconfig tun1 10.0.1.1 10.0.1.2");
      Lab.Running one = lab.start("jexec a ping -i 0.001 -c 1000 10.0.0.2", NOTHING);
      Lab.Running two = lab.start("jexec a ping -i 0.001 -c 1000 10.0.1.2", NOTHING);
      lab.sim().stepper().advance(200_000_000 + seed);
      lab.ok("jail -r a");
      assertThat(log).first().isEqualTo("open tun0");
      assertThat(log).hasSize(2);
      assertThatThrownBy(held::ifname).hasMessageContaining("Device not configured");
      held.close();
      lab.await(one);
      lab.await(two);
      assertThat(lab.ok("jls -d jid").strip()).isEmpty();
      assertThat(lab.ok("ifconfig -l")).isEqualTo("lo0\n");
      assertThat(Validator.of(lab.kernel().machine())).isEmpty();
    }
  }
}
