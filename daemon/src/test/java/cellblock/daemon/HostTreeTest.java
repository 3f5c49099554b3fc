package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.daemon.HostTree.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostTreeTest {
  private static final long PIDS = 32768;
  private final Map<Long, Entry> entries = new HashMap<>();

  @Test
  void a_parent_comes_before_its_children_and_children_come_by_age() {
    process(10, 1, 5);
    process(30, 10, 6);
    process(20, 10, 7);
    process(40, 30, 9);

    assertThat(sorted()).containsExactly(10L, 30L, 40L, 20L);
  }

  @Test
  void children_of_one_tick_come_by_their_ids() {
    process(10, 1, 5);
    process(12, 10, 6);
    process(11, 10, 6);

    assertThat(sorted()).containsExactly(10L, 11L, 12L);
  }

  @Test
  void children_of_one_tick_keep_their_order_when_the_hosts_ids_begin_anew() {
    process(9000, 1, 5);
    process(32765, 9000, 6);
    process(32767, 9000, 6);
    process(301, 9000, 6);
    process(302, 9000, 6);

    assertThat(sorted()).containsExactly(9000L, 32765L, 32767L, 301L, 302L);
  }

  @Test
  void what_has_left_the_script_comes_last() {
    process(10, 1, 5);
    process(11, 10, 9);
    process(7, 1, 8);

    assertThat(sorted()).containsExactly(10L, 11L, 7L);
  }

  private void process(long pid, long parent, long start) {
    entries.put(pid, new Entry(pid, parent, 'S', 1, start));
  }

  private List<Long> sorted() {
    return entries.keySet().stream().sorted(HostTree.byPlace(entries, PIDS)).toList();
  }
}
