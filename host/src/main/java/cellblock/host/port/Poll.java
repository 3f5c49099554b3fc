package cellblock.host.port;

import cellblock.control.Pollable;
import cellblock.kern.Machine;
import cellblock.kern.lane.Event;
import cellblock.kern.time.Callout;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * poll(2) of one thread: waits by the machine's way of waiting, so that in virtual time it takes
 * steps (ancestor: kern/sys_generic.c, kern_poll). Threading: one thread, outside every turn.
 */
final class Poll {
  private final Machine machine;
  private final List<Pollable> any;
  private final Thread self = Thread.currentThread();
  private volatile boolean timedOut;

  Poll(Machine machine, List<Pollable> any) {
    this.machine = machine;
    this.any = any;
  }

  /** Returns whether one is ready; false when the time passed first. */
  boolean await(@Nullable Duration timeout) throws InterruptedException {
    if (anyReady()) {
      return true;
    }
    if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
      return false;
    }
    Callout timer = timeout == null ? null : timer(timeout);
    any.forEach(p -> p.watch(self));
    try {
      machine.lanes().waiting().interruptibly(() -> anyReady() || timedOut);
    } finally {
      any.forEach(p -> p.watch(null));
      if (timer != null) {
        machine.kernelLane().post(Event.of(timer::stop));
      }
    }
    if (anyReady()) {
      return true;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return false;
  }

  /** In the kernel lane: what is waited for need not be of one vnet, nor of any. */
  private Callout timer(Duration timeout) {
    Callout timer = new Callout(machine.kernelCallouts(), null, "poll", this::timeout);
    machine.kernelLane().post(Event.of(() -> timer.reset(timeout.toNanos())));
    return timer;
  }

  private void timeout() {
    timedOut = true;
    machine.kernelLane().wake(self);
  }

  private boolean anyReady() {
    for (Pollable p : any) {
      if (p.ready()) {
        return true;
      }
    }
    return false;
  }
}
