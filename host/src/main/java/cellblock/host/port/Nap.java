package cellblock.host.port;

import cellblock.kern.Machine;
import cellblock.kern.lane.Event;
import cellblock.kern.time.Callout;
import java.time.Duration;

/**
 * One sleep of one thread by the machine's clock, real or virtual (ancestor: kern_nanosleep of
 * kern/kern_time.c). Used once, outside every lane; the timer is the kernel lane's.
 */
final class Nap {
  private final Machine machine;
  private final Callout timer;
  private final Thread sleeper = Thread.currentThread();
  private volatile boolean over;

  Nap(Machine machine) {
    this.machine = machine;
    this.timer = new Callout(machine.kernelCallouts(), null, "nanosleep", this::wake);
  }

  /** In a turn of the kernel lane. */
  private void wake() {
    over = true;
    machine.kernelLane().wake(sleeper);
  }

  void sleep(Duration time) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (time.isZero() || time.isNegative()) {
      return;
    }
    long nanos = nanos(time);
    machine.kernelLane().post(Event.of(() -> timer.reset(nanos)));
    machine.lanes().waiting().interruptibly(() -> over);
    if (!over) {
      machine.kernelLane().post(Event.of(timer::stop));
      Thread.interrupted();
      throw new InterruptedException();
    }
  }

  /** Longer than anybody waits is for ever. */
  private static long nanos(Duration time) {
    return time.getSeconds() > Long.MAX_VALUE / 1_000_000_000 - 1 ? Long.MAX_VALUE : time.toNanos();
  }
}
