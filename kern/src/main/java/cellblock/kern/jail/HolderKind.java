package cellblock.kern.jail;

/** Who can hold a prison: the kinds of pr_ref and pr_uref, told apart. */
public enum HolderKind {
  /** The persist parameter. */
  PERSIST("persist", true),
  /** A process whose credentials name the prison. */
  PROCESS("process", true),
  /** A child prison. */
  CHILD("child jail", true),
  /** A socket opened by a process of the prison: its credentials. */
  SOCKET("socket", false),
  /** A device such as tun opened from inside. */
  DEVICE("device", false),
  /** A request under way: prison_hold. */
  REQUEST("request", false);

  private final String text;
  private final String comes;
  private final String goes;
  private final boolean user;

  HolderKind(String text, boolean user) {
    this.text = text;
    this.comes = "+ " + text;
    this.goes = "- " + text;
    this.user = user;
  }

  /** The line of a timeline where one comes; {@code who} may be empty. */
  String comes(String who) {
    return who.isEmpty() ? comes : comes + " " + who;
  }

  /** The line where one goes. */
  String goes(String who) {
    return who.isEmpty() ? goes : goes + " " + who;
  }

  /** In words. */
  public String text() {
    return text;
  }

  /** Whether it keeps the prison alive (pr_uref), rather than just in existence (pr_ref). */
  public boolean keepsAlive() {
    return user;
  }
}
