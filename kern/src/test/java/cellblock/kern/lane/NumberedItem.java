package cellblock.kern.lane;

import java.util.function.IntConsumer;

/** A bounded item that tells its number when it runs, and another one when it is discarded. */
final class NumberedItem extends LaneItem {
  private final int number;
  private final IntConsumer run;
  private final IntConsumer discarded;

  NumberedItem(int number, IntConsumer run, IntConsumer discarded) {
    this.number = number;
    this.run = run;
    this.discarded = discarded;
  }

  NumberedItem(int number, IntConsumer run) {
    this(number, run, n -> {});
  }

  @Override
  protected void run(Lane lane) {
    run.accept(number);
  }

  @Override
  protected void discard(Lane lane) {
    discarded.accept(number);
  }

  @Override
  protected boolean bounded() {
    return true;
  }
}
