package cellblock.net.pfil;

/** What a hook says of a packet. */
public enum Verdict {
  /** Go on. */
  PASS,
  /** Drop it: the head does. */
  DROP,
  /** A hook has taken it. */
  CONSUMED
}
