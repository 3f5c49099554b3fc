package cellblock.kern.time;

import cellblock.kern.lane.TurnClock;

/** The machine's only source of time; real or virtual. Threading: any. */
public interface Clock extends TurnClock {
  /** Nanoseconds since boot: monotonic, starts near zero. */
  @Override
  long nanos();

  /** Nanoseconds since the Unix epoch, for what users see. */
  long wallNanos();
}
