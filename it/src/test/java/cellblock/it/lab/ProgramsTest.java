package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Programs of the JVM in virtual time: threads that block in socket calls and sleep, driven by the
 * run's scheduler. docs/virtual-time.md shows the same.
 */
@Timeout(60)
class ProgramsTest {
  private static final int CLIENTS = 3;
  private static final int BYTES = 100_000;

  /** What a run was, to be compared: the scheduler's choices, the end, and what programs saw. */
  private record Run(long trace, long nanos, List<String> log) {}

  private static byte[] content(int client) {
    byte[] data = new byte[BYTES];
    new SplittableRandom(client).nextBytes(data);
    return data;
  }

  /** An echo server with a thread a connection, in a jail behind a lossy cable. */
  private static Run run(long seed) throws Exception {
    try (Lab lab = new Lab(seed)) {
      lab.pair("server", "client");
      lab.all(
          """
          jexec client link epair0b delay 5ms loss 1%
          jexec server link epair0a delay 5ms loss 1%
          """);
      List<String> log = new ArrayList<>();
      Jail server = lab.kernel().jail("server");
      Jail clients = lab.kernel().jail("client");
      server.start("echod", port -> serve(server, port));
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        clients.start("client " + i, port -> call(port, number, log));
      }
      lab.sim().stepper().until(() -> log.size() == CLIENTS);
      return new Run(lab.sim().stepper().trace(), lab.sim().clock().nanos(), log);
    }
  }

  private static Object serve(Jail jail, KernelPort port) throws Exception {
    try (SocketPort listening = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
      listening.bind(null, 7);
      listening.listen(5);
      while (true) {
        SocketPort child = listening.accept(null);
        jail.start("echo", ignored -> echo(child));
      }
    }
  }

  private static Object echo(SocketPort child) throws Exception {
    try (child) {
      byte[] buffer = new byte[4096];
      for (int n = 0; n >= 0; n = child.read(buffer, 0, buffer.length, null)) {
        child.write(buffer, 0, n);
      }
    }
    return true;
  }

  private static Object call(KernelPort port, int number, List<String> log) throws Exception {
    port.sleep(Duration.ofMinutes(10)); // no time at all
    byte[] data = content(number);
    byte[] got = new byte[data.length];
    try (SocketPort socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
      socket.connect("192.0.2.1", 7, Duration.ofSeconds(60));
      int sent = 0;
      int at = 0;
      while (at < got.length) {
        int most = Math.min(8192, data.length - sent);
        socket.write(data, sent, most);
        sent += most;
        while (at < sent) {
          at += socket.read(got, at, sent - at, null);
        }
      }
    }
    log.add(number + " " + Arrays.equals(data, got) + " at " + port.nowNanos());
    return true;
  }

  @Test
  void programs_that_wait_in_socket_calls_and_sleep_are_part_of_the_run() throws Exception {
    Run first = run(11);
    assertThat(first.log()).allMatch(l -> l.contains("true")).hasSize(CLIENTS);
    assertThat(Duration.ofNanos(first.nanos()))
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(20));
    assertThat(run(11)).isEqualTo(first);
    assertThat(run(12)).isNotEqualTo(first);
  }

  @Test
  void a_program_is_killed_in_its_sleep_when_its_jail_goes() throws Exception {
    try (Lab lab = new Lab(5)) {
      lab.pair("a", "b");
      List<String> ends = new ArrayList<>();
      for (String where : List.of("sleep", "accept")) {
        lab.kernel()
            .jail("a")
            .start(
                where,
                port -> {
                  try (SocketPort s =
                      port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
                    s.listen(1);
                    if (where.equals("sleep")) {
                      port.sleep(Duration.ofDays(1));
                    } else {
                      s.accept(null);
                    }
                  } catch (InterruptedException e) {
                    ends.add(where);
                  }
                  return 0;
                });
      }
      lab.sim().stepper().settle();
      assertThat(lab.sim().stepper().programs()).containsExactly("sleep", "accept");
      lab.ok("jail -r a");
      assertThat(ends).containsExactlyInAnyOrder("sleep", "accept");
      assertThat(lab.sim().stepper().programs()).isEmpty();
      lab.ok("ifconfig epair0a destroy");
    }
  }

  @Test
  void a_thread_that_is_not_part_of_the_run_is_told_so() throws Exception {
    try (Lab lab = new Lab(6)) {
      lab.pair("a", "b");
      List<Throwable> told = new ArrayList<>();
      Jail a = lab.kernel().jail("a");
      a.start(
          "program",
          port -> {
            Thread foreign =
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        port.sleep(Duration.ofSeconds(1));
                      } catch (Exception e) {
                        told.add(e);
                      }
                    });
            foreign.join();
            return 0;
          });
      lab.sim().stepper().settle();
      assertThat(told).singleElement().satisfies(t -> assertThat(t).hasMessageContaining("baton"));
    }
  }

  @Test
  void a_run_in_which_nothing_can_happen_any_more_says_who_waits() throws Exception {
    try (Lab lab = new Lab(7)) {
      lab.pair("a", "b");
      lab.kernel()
          .jail("a")
          .start(
              "reader",
              port -> {
                try (SocketPort s = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
                  s.bind(null, 9);
                  return s.receive(null);
                }
              });
      assertThatThrownBy(() -> lab.sim().stepper().until(() -> false))
          .hasMessageContaining("[reader]")
          .hasMessageContaining("seed 7");
    }
  }

  @Test
  void what_a_program_left_open_is_closed_when_it_ends() throws Exception {
    try (Lab lab = new Lab(5)) {
      lab.pair("a", "b");
      Jail a = lab.kernel().jail("a");
      lab.sim().stepper().settle();
      Map<String, List<String>> before = a.ledger().entries();
      a.run(
          "forgetful",
          port -> {
            port.routeEvents();
            port.capture("epair0a", 100, false);
            port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0).bind(null, 7);
            assertThat(a.ledger().entries()).isNotEqualTo(before);
            return true;
          });
      lab.sim().stepper().settle();
      assertThat(a.ledger().entries()).isEqualTo(before);
    }
  }
}
