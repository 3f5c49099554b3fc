package cellblock.it.law;

/**
 * One breach: which ban, in which class (its binary name), at which place in it, and what it does.
 */
record Finding(Ban ban, String type, String place, String what) {
  @Override
  public String toString() {
    return type + "." + place + ": " + ban.label + ": " + what;
  }
}
