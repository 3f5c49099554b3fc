package cellblock.userland.net.tcpdump;

/** A compiled filter. Never throws: what was cut off does not match. */
@FunctionalInterface
interface Filter {
  /** Lets everything through. */
  Filter ALL = p -> true;

  boolean test(Packet p);

  default Filter and(Filter other) {
    return p -> test(p) && other.test(p);
  }

  default Filter or(Filter other) {
    return p -> test(p) || other.test(p);
  }

  default Filter not() {
    return p -> !test(p);
  }

  /** A filter that does not parse, and where. */
  final class SyntaxError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SyntaxError(String message, int position) {
      super(message + " at position " + position, null, false, false);
    }
  }
}
