package cellblock.kern.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ledger against a plain list. */
class LedgerTest {
  private final Ledger ledger = new Ledger();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void the_ledger_reads_as_a_list_would(long seed) {
    System.out.println("ledger against the model, seed " + seed);
    Random random = new Random(seed);
    List<Ledger.Entry> model = new ArrayList<>();
    LedgerKind[] kinds = LedgerKind.values();
    String constructor = null;
    for (int round = 0; round < 3000; round++) {
      int what = random.nextInt(20);
      if (what == 0) {
        constructor = random.nextBoolean() ? "m.c" + round : null;
        ledger.constructing(constructor);
      } else if (what < 11 || model.isEmpty()) {
        LedgerKind kind = kinds[random.nextInt(kinds.length)];
        Ledger.Entry e = ledger.enter(kind, "o" + round, null);
        assertThat(e.madeBy()).isEqualTo(constructor);
        model.addFirst(e);
      } else {
        model.remove(random.nextInt(model.size())).leave();
      }
      assertThat(ledger.total()).isEqualTo(model.size());
      LedgerKind asked = kinds[random.nextInt(kinds.length)];
      assertThat(ledger.count(asked))
          .isEqualTo((int) model.stream().filter(e -> e.kind() == asked).count());
      if (round % 50 == 0) {
        assertThat(ledger.entries()).as("seed %d", seed).isEqualTo(model);
        assertThat(ledger.strays())
            .isEqualTo(model.stream().filter(e -> e.madeBy() == null).toList());
      }
    }
    List.copyOf(model).forEach(Ledger.Entry::leave);
    assertThat(ledger.total()).isZero();
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void leaving_twice_is_a_bug_that_names_the_entry() {
    Ledger.Entry e = ledger.enter(LedgerKind.ROUTE, "10.0.0.0/8", null);
    e.leave();
    assertThatThrownBy(e::leave).hasMessageContaining("ROUTE 10.0.0.0/8");
    assertThat(ledger.total()).isZero();
  }

  @Test
  void a_line_says_kind_owner_and_constructor() {
    ledger.constructing("route.rib");
    assertThat(ledger.enter(LedgerKind.RIB, 0, "fib 0")).hasToString("RIB fib 0 (of route.rib)");
    ledger.constructing(null);
    assertThat(ledger.enter(LedgerKind.SOCKET, "so", null)).hasToString("SOCKET so");
  }
}
