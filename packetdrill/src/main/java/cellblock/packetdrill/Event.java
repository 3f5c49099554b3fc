package cellblock.packetdrill;

/** Something that a script does, or expects. Lines and columns count from 1. */
record Event(int line, int column, When when, Action action) {
  /**
   * When it happens. Times are microseconds.
   *
   * @param type what {@code from} counts from
   * @param to the end of a range; equal to {@code from} where there is none
   */
  record When(Type type, long from, long to) {
    enum Type {
      /** From the start of the script. */
      ABSOLUTE,
      /** From the event before. */
      RELATIVE,
      /** Whenever it comes: {@code *}. */
      ANY
    }
  }

  /** What it is. */
  sealed interface Action permits PacketSpec, Call, Command, Code {}

  /** A command in backticks. */
  record Command(String line) implements Action {}

  /** A program in {@code %{ }%}: parsed, never run. */
  record Code(String text) implements Action {}
}
