package cellblock.net.route;

/** RTF_* of sys/net/route.h: what a route is, in the words of route(8) and netstat(1). */
public final class RouteFlags {
  public static final int UP = 0x1;
  public static final int GATEWAY = 0x2;
  public static final int HOST = 0x4;
  public static final int REJECT = 0x8;
  public static final int DYNAMIC = 0x10;
  public static final int MODIFIED = 0x20;
  public static final int DONE = 0x40;
  public static final int XRESOLVE = 0x200;
  public static final int LLDATA = 0x400;
  public static final int STATIC = 0x800;
  public static final int BLACKHOLE = 0x1000;
  public static final int PROTO2 = 0x4000;
  public static final int PROTO1 = 0x8000;
  public static final int PROTO3 = 0x40000;
  public static final int FIXEDMTU = 0x80000;

  /** An interface's own route: only whoever says so, too, may replace or delete it. */
  public static final int PINNED = 0x100000;

  public static final int LOCAL = 0x200000;
  public static final int BROADCAST = 0x400000;
  public static final int MULTICAST = 0x800000;
  public static final int STICKY = 0x10000000;
  public static final int GWFLAG_COMPAT = 0x80000000;

  /** What a request may say of a new route. */
  static final int REQUESTED =
      GATEWAY | REJECT | BLACKHOLE | DYNAMIC | MODIFIED | STATIC | PROTO1 | PROTO2 | PROTO3
          | FIXEDMTU | PINNED | LOCAL | BROADCAST | MULTICAST | STICKY;

  /** What RTM_CHANGE may alter (RT_CHANGE_RTFLAGS_MASK). */
  static final int CHANGEABLE = STATIC | PROTO1 | PROTO2 | PROTO3;

  private RouteFlags() {}
}
