package cellblock.net.route;

import cellblock.wire.Family;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A rib as it stood at one moment: what packets are routed by (ancestor: the lookup half of {@code
 * net/route/fib_algo.c}, {@code fib4_lookup} and {@code fib6_lookup}). It differs in being a
 * snapshot that the next change replaces whole, so a change of a less specific route cannot leave
 * an old nexthop behind under a more specific one.
 *
 * <p>Threading: immutable, may be read from anywhere. Keys are left-aligned, as in {@link
 * IpAddress}.
 */
public final class Fib {
  private final Family family;
  private final PrefixTree<RouteTarget> tree;
  private final long generation;

  Fib(Family family, PrefixTree<RouteTarget> tree, long generation) {
    this.family = family;
    this.tree = tree;
    this.generation = generation;
  }

  static Fib empty(Family family, long generation) {
    return new Fib(family, PrefixTree.empty(family.width()), generation);
  }

  /**
   * The nexthop for a packet to an IPv4 address; null = no route, or its interface cannot send. The
   * answer may be one that {@linkplain Nexthop#discards discards}.
   *
   * @param destination as an int in host order
   * @param flow any int, the same for all packets of a flow: chooses among the ways of a multipath
   *     route
   */
  public @Nullable Nexthop lookup4(int destination, int flow) {
    return chosen(tree.lookup4(destination), flow);
  }

  /** As {@link #lookup4}, for an address of either family by its left-aligned key. */
  public @Nullable Nexthop lookup(long hi, long lo, int flow) {
    return chosen(tree.lookup(hi, lo), flow);
  }

  private static @Nullable Nexthop chosen(@Nullable RouteTarget target, int flow) {
    if (target == null) {
      return null;
    }
    Nexthop nh = target.select(flow);
    return nh.valid() ? nh : null;
  }

  /** The target of the longest prefix around an address, valid or not; null = no route. */
  @Nullable RouteTarget target(long hi, long lo) {
    return tree.lookup(hi, lo);
  }

  /** A prefix as the table keeps it: a link-local one bears its zone ({@code embedZone}). */
  static IpPrefix key(IpPrefix p) {
    return p.address() instanceof Ip6Address six && six.scopeId() != 0
        ? new IpPrefix(six.embedded(), p.length())
        : p;
  }

  /** The route that an address uses, with its prefix; for people, not for packets. */
  public @Nullable RouteEntry match(IpAddress asked) {
    IpAddress address = asked instanceof Ip6Address six ? six.embedded() : asked;
    if (address.family() != family || tree.lookup(address.hi(), address.lo()) == null) {
      return null;
    }
    for (int length = family.width(); length >= 0; length--) {
      IpPrefix prefix = new IpPrefix(address, length).canonical();
      RouteTarget target = exact(prefix.address(), length);
      if (target != null) {
        return new RouteEntry(prefix, target);
      }
    }
    return null;
  }

  private @Nullable RouteTarget exact(IpAddress first, int length) {
    return tree.exact(first.hi(), first.lo(), length);
  }

  /** The route of exactly this prefix, or null. */
  public @Nullable RouteEntry exact(IpPrefix prefix) {
    IpPrefix p = key(prefix).canonical();
    RouteTarget target = p.family() == family ? exact(p.address(), p.length()) : null;
    return target == null ? null : new RouteEntry(p, target);
  }

  /** All routes by ascending address, shorter prefixes first. */
  public void forEach(Consumer<RouteEntry> visitor) {
    tree.forEach((hi, lo, length, target) ->
        visitor.accept(
            new RouteEntry(new IpPrefix(IpAddress.ofKey(family, hi, lo), length), target)));
  }

  PrefixTree<RouteTarget> tree() {
    return tree;
  }

  public Family family() {
    return family;
  }

  /** How many routes. */
  public int size() {
    return tree.size();
  }

  /** The rib's generation that this is a snapshot of. */
  public long generation() {
    return generation;
  }
}
