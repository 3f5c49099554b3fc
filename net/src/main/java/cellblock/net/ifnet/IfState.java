package cellblock.net.ifnet;

/** Where an interface stands in its life; held in one word together with its generation. */
public enum IfState {
  /** Made, known to its driver alone. */
  ALLOCATED,
  /** Entering a vnet. */
  ATTACHING,
  /** In use: the only state in which output finds it. */
  ATTACHED,
  /** Brought down and leaving; management may still name it until it is unlinked. */
  DETACHING,
  /** In no list. It may be attached again, elsewhere. */
  DETACHED,
  /** Gone for good. */
  DEAD;

  private static final IfState[] ALL = values();

  static IfState of(long word) {
    return ALL[(int) (word & 7)];
  }
}
