package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProcTableTest {
  private static ProcTable.Entry entry(char state, int threads) {
    String before = "77 (a (b) c) " + state + " 1 76 75 0 -1 4194560 4 5 6 7 8 9 10 11 20 0 ";
    return ProcTable.entry(77, before + threads + " 0 123456 1000 2 18446744073709551615");
  }

  @Test
  void a_process_has_parent_group_and_session() {
    assertThat(entry('S', 1)).isEqualTo(new ProcTable.Entry(77, 1, 76, 75, false));
  }

  @Test
  void a_process_whose_first_thread_has_ended_lives_while_others_do() {
    assertThat(entry('Z', 14).zombie()).as("a JVM in the middle of execve(2)").isFalse();
    assertThat(entry('Z', 1).zombie()).isTrue();
    assertThat(entry('X', 1).zombie()).isTrue();
  }

  @Test
  void a_thread_that_was_interrupted_sees_the_same_processes() {
    long self = ProcessHandle.current().pid();
    ProcTable.Entry seen = ProcTable.entry(self);
    Thread.currentThread().interrupt();
    try {
      assertThat(ProcTable.entry(self)).isEqualTo(seen).isNotNull();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
