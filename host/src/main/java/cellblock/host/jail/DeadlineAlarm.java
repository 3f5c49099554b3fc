package cellblock.host.jail;

import cellblock.kern.Machine;
import cellblock.kern.lane.Event;
import cellblock.kern.time.Callout;

/**
 * Sees to it that time reaches a deadline that somebody waits for: in virtual time nothing moves
 * the clock but timers. Set only by one who has to wait; used by one thread.
 */
final class DeadlineAlarm {
  private final Machine machine;
  private final Callout timer;
  private boolean set;

  DeadlineAlarm(Machine machine) {
    this.machine = machine;
    this.timer = new Callout(machine.kernelCallouts(), null, "deadline of a removal", () -> {});
  }

  /** Sets the alarm, once. */
  void set(long deadline) {
    if (!set) {
      set = true;
      long left = Math.max(0, deadline - machine.clock().nanos());
      machine.kernelLane().post(Event.of(() -> timer.reset(left)));
    }
  }

  /** Takes it back. */
  void clear() {
    if (set) {
      set = false;
      machine.kernelLane().post(Event.of(timer::stop));
    }
  }
}
