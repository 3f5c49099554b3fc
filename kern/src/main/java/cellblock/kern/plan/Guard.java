package cellblock.kern.plan;

/**
 * What keeps the living from the dead, one by one. A plan has all of them but those that the order
 * it stands for has not; tests and the explorer take one out to see what it holds up.
 */
public enum Guard {
  /** A dying vnet refuses whatever is new, from the first step of the removal on. */
  GATE("the gate of a dying vnet"),
  /** A process enters a living prison only, and is asked in the turn in which it enters. */
  ENTRY("the check of a process that enters a prison"),
  /** A prison stays until the jails below it are gone. */
  PARENT("the hold that a jail has on its parent"),
  /** An interface is moved or destroyed by one saga at a time, which looks again once it has it. */
  CLAIM("the claim of a saga on its interfaces"),
  /** The return of interfaces looks again until nothing is left, and waits for those under way. */
  SWEEP("the second look of the interfaces' return"),
  /** An interface that is moved says so in its state word: DETACHING, DETACHED. */
  LEAVING("the mark of an interface that is being moved"),
  /** A move gives a new generation: weak handles resolve to nothing afterwards. */
  GENERATION_ON_MOVE("the new generation of a moved interface"),
  /** A departure for good gives a new generation, too. */
  GENERATION_ON_DETACH("the new generation of a detached interface"),
  /** A weak handle resolves in the vnet alone that it was drawn in. */
  HANDLE_VNET("the vnet in a weak handle"),
  /** Only an attached interface changes its link state. */
  LINK_STATE("the check of a link-state change"),
  /** An interface remembers the cloner that made it, wherever it is. */
  HOME_CLONER("the home cloner of an interface"),
  /** An interface that comes home to a taken name gets a free one. */
  HOME_NAME("the free name of a returning interface"),
  /** Taps are cut when the interface leaves. */
  TAPS("the cut of the taps of a departing interface"),
  /** Group memberships end when the interface leaves. */
  MEMBERSHIPS("the purge of a departing interface's memberships"),
  /** A driver lets go of what it has in the old vnet while the families still have their data. */
  REASSIGN("the driver's letting go before the families' data goes"),
  /** A rib that closes tells its subscribers so. */
  RIB_CLOSING("the closing event of a rib"),
  /** A nexthop that loses its last route clears whoever remembers it. */
  CACHES("the clearing of nexthop caches"),
  /** A new vnet is listed before its first constructor runs. */
  EARLY_LIST("the early entry of a new vnet into the list"),
  /** A grace period passes between a handler of the shutdown stage and its second phase. */
  SECOND_PHASE("the grace period before second phases");

  private final String text;

  Guard(String text) {
    this.text = text;
  }

  /** In words. */
  public String text() {
    return text;
  }
}
