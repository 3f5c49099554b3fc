package cellblock.kern.saga;

/** Takes a saga over and brings it to its end, beside whoever handed it over. */
@FunctionalInterface
public interface Driver {
  /** Drives the saga; returns at once. Its failure is told to the saga itself. */
  void drive(Saga<?> saga);
}
