package cellblock.userland.net;

/** Exit statuses of sysexits(3) that the network tools use. */
public final class Sysexits {
  public static final int EX_OK = 0;
  public static final int EX_USAGE = 64;
  public static final int EX_DATAERR = 65;
  public static final int EX_NOHOST = 68;
  public static final int EX_OSERR = 71;

  private Sysexits() {}
}
