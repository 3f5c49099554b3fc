package cellblock.kern.lane;

/**
 * Who runs a lane that became ready, where that is not the thread that made it so: the simulator's
 * stepper. Whoever is told owes the lane a {@link Lane#step}.
 */
@FunctionalInterface
public interface Ready {
  void ready(Lane lane);
}
