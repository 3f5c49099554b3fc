package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cellblock.control.session.Body;
import cellblock.control.session.Frame;
import cellblock.control.session.FrameType;
import cellblock.control.session.Launch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ControlServerTest {
  /** The refusal and the interrupted tool race for the last word. */
  private static final int ROUNDS = 200;

  private static final int KERNEL = 0x5eed;

  @TempDir Path folder;
  private Path path;
  private HostProcesses processes;
  private TestDoor door;
  private ControlServer server;

  @BeforeEach
  void start() throws Exception {
    path = folder.resolve("control");
    processes = new HostProcesses(KERNEL);
    door = new TestDoor(processes);
    processes.open(door);
    SocketPath place = SocketPath.claim(path, KERNEL);
    server = ControlServer.start(place, door, processes, "", line -> {});
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String echo() throws IOException {
    try (RawClient client = new RawClient(path)) {
      return client.hello("echo", "still", "here").until(FrameType.STDOUT);
    }
  }

  @Test
  void a_tool_runs_and_its_output_and_status_come_back() throws IOException {
    assertThat(echo()).isEqualTo("still here\n#0");
  }

  @Test
  void the_socket_is_its_owners_alone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void an_unknown_tool_is_said_to_be_one() throws IOException {
    try (RawClient client = new RawClient(path)) {
      assertThat(client.hello("nosuch").until(FrameType.STDERR))
          .isEqualTo("cellblock: nosuch: no such tool\n#127");
    }
  }

  @Test
  void a_tool_that_throws_ends_alone_and_shows_no_stack_trace() throws IOException {
    try (RawClient client = new RawClient(path)) {
      assertThat(client.hello("crash").until(FrameType.STDERR))
          .startsWith("crash: internal error: java.lang.NullPointerException")
          .doesNotContain("\tat ")
          .endsWith("#70");
    }
    assertThat(echo()).isEqualTo("still here\n#0");
    assertThat(door.running).isEmpty();
  }

  private void refused(String words, byte... bytes) throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.raw(bytes);
      Frame answer = client.next();
      assertThat(answer.type()).isEqualTo(FrameType.REFUSE);
      assertThat(Body.text(answer)).contains(words);
      assertThat(client.next()).isNull();
    }
    assertThat(echo()).isEqualTo("still here\n#0");
  }

  @Test
  void garbage_ends_its_own_connection_with_an_error() throws IOException {
    refused("out of range", "GET / HTTP/1.1\r\n\r\n".getBytes());
    refused("not a Cellblock client", ByteBuffer.allocate(5).putInt(1).put((byte) 99).array());
    refused(
        "not a Cellblock client",
        ByteBuffer.allocate(9).putInt(5).put((byte) FrameType.HELLO).putInt(0xbad).array());
  }

  @Test
  void a_length_of_one_gibibyte_ends_its_own_connection_with_an_error() throws IOException {
    refused("1073741824 out of range", ByteBuffer.allocate(5).putInt(1 << 30).array());
  }

  @Test
  void half_a_message_harms_nobody() throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.raw((byte) 0, (byte) 0, (byte) 1);
    }
    try (RawClient client = new RawClient(path)) {
      client.raw(ByteBuffer.allocate(9).putInt(1000).put((byte) FrameType.HELLO).array());
    }
    assertThat(echo()).isEqualTo("still here\n#0");
  }

  @Test
  void a_message_out_of_turn_interrupts_the_tool_and_is_refused() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (RawClient client = new RawClient(path)) {
        client.hello("hang");
        assertThat(Body.text(client.next())).isEqualTo("hanging\n");
        client.frames.write(FrameType.HELLO, new byte[4]);
        Frame last = client.next();
        assertThat(last).as("round %d", round).isNotNull();
        assertThat(last.type()).as("round %d", round).isEqualTo(FrameType.REFUSE);
      }
    }
    assertThat(door.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_client_that_disconnects_interrupts_its_tool() throws Exception {
    try (RawClient client = new RawClient(path)) {
      client.hello("hang");
      assertThat(Body.text(client.next())).isEqualTo("hanging\n");
    }
    assertThat(door.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(echo()).isEqualTo("still here\n#0");
  }

  @Test
  void a_client_that_does_not_read_stops_only_its_own_tool() throws IOException {
    try (RawClient deaf = new RawClient(path)) {
      deaf.hello("flood", "100000");
      assertThat(echo()).isEqualTo("still here\n#0");
      assertThat(deaf.until(FrameType.STDOUT)).hasSize(100_000 * 1024 + 2);
    }
  }

  @Test
  void input_is_asked_for_only_as_the_tool_reads_it() throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.hello("copy");
      Frame ask = client.next();
      assertThat(ask.type()).isEqualTo(FrameType.READ);
      client.frames.write(FrameType.STDIN, Body.of("abc"));
      assertThat(Body.text(client.next())).isEqualTo("abc");
      assertThat(client.next().type()).isEqualTo(FrameType.READ);
      client.frames.write(FrameType.STDIN, new byte[0]);
      assertThat(client.until(FrameType.STDOUT)).isEqualTo("#0");
    }
  }

  @Test
  void more_input_than_was_asked_for_is_dropped() throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.hello("hang");
      for (int i = 0; i < 1000; i++) {
        client.frames.write(FrameType.STDIN, new byte[FrameType.MAX_DATA]);
      }
    }
    assertThat(echo()).isEqualTo("still here\n#0");
  }

  @Test
  void a_caught_signal_reaches_the_tool() throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.hello("wait");
      assertThat(Body.text(client.next())).isEqualTo("INT");
      assertThat(Body.text(client.next())).isEqualTo("waiting\n");
      client.frames.write(FrameType.SIGNAL, Body.of("INT"));
      assertThat(client.until(FrameType.STDOUT)).isEqualTo("told\n#3");
    }
  }

  @Test
  void a_killed_process_of_the_kernel_ends_its_tool() throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.hello("hang");
      assertThat(Body.text(client.next())).isEqualTo("hanging\n");
      door.running.values().forEach(process -> process.signalled().signal("KILL"));
      assertThat(client.until(FrameType.STDOUT)).isEqualTo("#137");
    }
  }

  @Test
  void a_killed_tool_may_say_its_last_words() throws IOException {
    try (RawClient client = new RawClient(path)) {
      client.hello("bye");
      assertThat(Body.text(client.next())).isEqualTo("here\n");
      door.running.values().forEach(process -> process.signalled().signal("TERM"));
      assertThat(client.until(FrameType.STDOUT)).isEqualTo("bye\n#143");
    }
  }

  /** Plays a client that is told to run a program in jail 5, and has not answered yet. */
  private Launch ordered(RawClient client) throws IOException {
    client.hello("run", "5", "sleep", "1000");
    Frame order = client.next();
    assertThat(order.type()).isEqualTo(FrameType.SPAWN);
    return Launch.decode(order.body());
  }

  /** Starts what was ordered, with its mark in the environment alone. */
  private static Process started(Launch launch) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(launch.argv());
    builder.environment().putAll(Mark.environment(launch.env()));
    return builder.start();
  }

  @Test
  void a_program_that_is_about_to_start_is_awaited_and_killed() throws Exception {
    try (RawClient client = new RawClient(path)) {
      Launch launch = ordered(client);
      door.dying.add(5);
      assertThat(processes.killAll(5, Duration.ZERO)).as("it may start yet").isFalse();
      Process program = started(launch);
      client.frames.write(FrameType.CHILD_STARTED, Body.of(program.pid()));
      assertThat(processes.killAll(5, Duration.ofSeconds(20))).isTrue();
      assertThat(program.waitFor()).isEqualTo(137);
    }
  }

  @Test
  void a_signal_that_comes_before_the_program_is_delivered_to_it() throws Exception {
    try (RawClient client = new RawClient(path)) {
      Launch launch = ordered(client);
      door.running.values().stream()
          .filter(process -> process.jid() == 5)
          .forEach(process -> process.signalled().signal("KILL"));
      Process program = started(launch);
      client.frames.write(FrameType.CHILD_STARTED, Body.of(program.pid()));
      assertThat(program.waitFor()).isEqualTo(137);
      client.frames.write(FrameType.CHILD_EXIT, Body.of(137));
      assertThat(client.until(FrameType.STDOUT)).isEqualTo("status 137\n#137");
    }
  }

  @Test
  void a_killed_tool_still_hears_of_the_program_that_it_ordered() throws Exception {
    try (RawClient client = new RawClient(path)) {
      Launch launch = ordered(client);
      door.running.values().stream()
          .filter(process -> process.jid() == 0)
          .forEach(process -> process.signalled().signal("KILL"));
      Process program = started(launch);
      client.frames.write(FrameType.CHILD_STARTED, Body.of(program.pid()));
      assertThat(program.waitFor()).isEqualTo(137);
      assertThat(client.until(FrameType.STDOUT)).endsWith("#137");
    }
  }

  @Test
  void the_program_of_a_client_that_goes_without_a_word_is_found() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/environ")));
    Process program;
    try (RawClient client = new RawClient(path)) {
      program = started(ordered(client));
      door.dying.add(5);
    }
    assertThat(program.waitFor()).isEqualTo(137);
    assertThat(processes.killAll(5, Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void nothing_enters_a_jail_of_a_kernel_that_stops() throws IOException {
    processes.close();
    for (String tool : List.of("run", "enter")) {
      try (RawClient client = new RawClient(path)) {
        assertThat(client.hello(tool, "5", "sleep", "1000").until(FrameType.STDERR))
            .isEqualTo(tool + ": kernel is stopping\n#1");
      }
    }
    assertThat(echo()).isEqualTo("still here\n#0");
  }

  @Test
  void random_conversations_leave_the_server_whole() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      try (RawClient client = new RawClient(path)) {
        if (random.nextBoolean()) {
          client.hello(random.nextBoolean() ? "copy" : "where");
        }
        byte[] noise = new byte[random.nextInt(64)];
        random.nextBytes(noise);
        if (noise.length > 3 && random.nextBoolean()) {
          ByteBuffer.wrap(noise).putInt(noise.length - 4);
        }
        client.raw(noise);
      } catch (IOException brokenPipe) {
        assertThat(brokenPipe).as("seed %d", seed).isNotNull();
      }
    }
    assertThat(echo()).as("seed %d", seed).isEqualTo("still here\n#0");
  }

  @Test
  void a_second_kernel_on_the_same_socket_is_told_so() {
    assertThatThrownBy(() -> SocketPath.claim(path, 2))
        .isInstanceOf(UserError.class)
        .hasMessage("a kernel is already running at " + path);
  }
}
