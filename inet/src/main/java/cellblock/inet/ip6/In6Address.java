package cellblock.inet.ip6;

import cellblock.inet.mcast.SourceFilter;
import cellblock.net.ifnet.IfAddress;
import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import org.jspecify.annotations.Nullable;

/**
 * An IPv6 address of an interface (ancestor: struct in6_ifaddr, netinet6/in6_var.h). Times are
 * nanoseconds since boot. Threading: turns of the vnet's lane.
 */
public final class In6Address extends IfAddress {
  /** IN6_IFF_ANYCAST. */
  public static final int ANYCAST = 0x01;

  /** IN6_IFF_TENTATIVE: duplicates are still looked for. */
  public static final int TENTATIVE = 0x02;

  /** IN6_IFF_DUPLICATED: somebody else has it. */
  public static final int DUPLICATED = 0x04;

  /** IN6_IFF_DETACHED. */
  public static final int DETACHED = 0x08;

  /** IN6_IFF_DEPRECATED: the preferred lifetime is over, or was said to be. */
  public static final int DEPRECATED = 0x10;

  /** IN6_IFF_NODAD. */
  public static final int NODAD = 0x20;

  /** IN6_IFF_AUTOCONF: a router's prefix made it. */
  public static final int AUTOCONF = 0x40;

  /** IN6_IFF_TEMPORARY: changes from day to day (RFC 8981). */
  public static final int TEMPORARY = 0x80;

  /** IN6_IFF_PREFER_SOURCE. */
  public static final int PREFER_SOURCE = 0x400;

  /** A lifetime without end: ND6_INFINITE_LIFETIME. */
  public static final long FOREVER = -1;

  private static final int UNREADY = TENTATIVE | DUPLICATED;

  private final In6Ifinfo in;
  private final @Nullable Ip6Address destination;
  private int flags;
  long validUntil = Long.MAX_VALUE;
  long preferredUntil = Long.MAX_VALUE;
  long created;

  /** When it is to be looked for anew, unless its interface comes up before; else MAX_VALUE. */
  long tentativeFrom = Long.MAX_VALUE;

  /** The lifetimes as they were last given, in seconds. */
  int validSeconds = -1;

  int preferredSeconds = -1;
  boolean prefixRoute;
  boolean loopbackRoute;
  @Nullable In6Address nextInBucket;
  @Nullable SourceFilter solicited;

  In6Address(In6Ifinfo in, long hi, long lo, int length, @Nullable Ip6Address to, int flags) {
    super(in.ifnet(), Family.INET6, hi, lo, length);
    this.in = in;
    this.destination = to;
    this.flags = flags;
  }

  public In6Ifinfo in() {
    return in;
  }

  /** The peer of a point-to-point address, or null. */
  public @Nullable Ip6Address destination() {
    return destination;
  }

  public int flags() {
    return flags;
  }

  /** Whether one of these flags is set. */
  public boolean is(int any) {
    return (flags & any) != 0;
  }

  /** Sets and clears flags. */
  public void flags(int set, int clear) {
    flags = flags & ~clear | set;
  }

  /** Whether packets may be sent from it and taken for it. */
  public boolean ready() {
    return (flags & UNREADY) == 0;
  }

  public boolean isLinkLocal() {
    return Ip6Address.isLinkLocal(hi());
  }

  /** The zone that it belongs to: the interface's index for a link-local address, else 0. */
  public int scope() {
    return isLinkLocal() ? ifnet().index() : 0;
  }

  /** When it was made, nanoseconds since boot. */
  public long created() {
    return created;
  }

  /** The valid lifetime as it was last given, in seconds, or {@link #FOREVER}. */
  public long validSeconds() {
    return validSeconds;
  }

  /** The preferred lifetime likewise. */
  public long preferredSeconds() {
    return preferredSeconds;
  }

  /** Seconds of validity left at {@code now}, or {@link #FOREVER}. */
  public long valid(long now) {
    return left(validUntil, now);
  }

  /** Seconds of preference left at {@code now}, or {@link #FOREVER}. */
  public long preferred(long now) {
    return left(preferredUntil, now);
  }

  private static long left(long until, long now) {
    return until == Long.MAX_VALUE ? FOREVER : Math.max(0, (until - now) / 1_000_000_000L);
  }

  /** The address as a value, with its zone. */
  public Ip6Address address() {
    return new Ip6Address(hi(), lo(), scope());
  }
}
