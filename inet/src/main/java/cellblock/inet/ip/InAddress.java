package cellblock.inet.ip;

import cellblock.net.ifnet.IfAddress;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 address of an interface (ancestor: struct in_ifaddr, netinet/in_var.h). Its facts never
 * change: another mask is another object. Threading: the vnet's lane; the getters anywhere.
 */
public final class InAddress extends IfAddress {
  private final InIfinfo in;
  private final int address;
  private final int mask;
  private final int broadcast;
  private final int destination;
  private final boolean hasBroadcast;
  private final boolean hasDestination;

  /** Whether this address holds the route of its prefix: IFA_ROUTE. */
  boolean prefixRoute;

  /** Whether this address holds the route of itself by way of lo0. */
  boolean loopbackRoute;

  /** Next in its bucket of {@link InAddresses}. */
  @Nullable InAddress nextInHash;

  /** Next in its bucket of networks. */
  @Nullable InAddress nextByNet;

  /**
   * @param broadcast of a broadcast interface, else null
   * @param destination the peer of a point-to-point interface, else null
   */
  public InAddress(
      InIfinfo in,
      int address,
      int prefixLength,
      @Nullable Ip4Address broadcast,
      @Nullable Ip4Address destination) {
    super(in.ifnet(), Family.INET, (long) address << 32, 0, prefixLength);
    this.in = in;
    this.address = address;
    this.mask = Ip4Address.mask(prefixLength);
    this.hasBroadcast = broadcast != null;
    this.broadcast = broadcast == null ? 0 : broadcast.bits();
    this.hasDestination = destination != null;
    this.destination = destination == null ? 0 : destination.bits();
  }

  public InIfinfo in() {
    return in;
  }

  /** Whether its route leads to one host: the peer's, or the address itself on a loopback. */
  boolean hostOnly() {
    return hasDestination || in.isLoopback();
  }

  /** First address of what its prefix route leads to. */
  int net() {
    if (hostOnly()) {
      return hasDestination ? destination : address;
    }
    return subnet();
  }

  /** The next address whose network begins where this one's does. */
  @Nullable InAddress nextInNet() {
    InAddress a = nextByNet;
    while (a != null && a.net() != net()) {
      a = a.nextByNet;
    }
    return a;
  }

  /** The address, as bits. */
  public int address() {
    return address;
  }

  public int mask() {
    return mask;
  }

  /** The network, as bits. */
  public int subnet() {
    return address & mask;
  }

  public boolean hasBroadcast() {
    return hasBroadcast;
  }

  /** The broadcast address; 0 without one. */
  public int broadcast() {
    return broadcast;
  }

  public boolean hasDestination() {
    return hasDestination;
  }

  /** The other end of a point-to-point link; 0 without one. */
  public int destination() {
    return destination;
  }

  /** Whether {@code other} is in this network. */
  public boolean near(int other) {
    return ((other ^ address) & mask) == 0;
  }

  /**
   * Whether {@code other} means everybody in this network: in_ifaddr_broadcast.
   *
   * @param lowest whether host part 0 counts, too: net.inet.ip.broadcast_lowest
   */
  public boolean isBroadcast(int other, boolean lowest) {
    return hasBroadcast
        && (other == broadcast
            || (prefixLength() < 31 && other == (address | ~mask))
            || (lowest && prefixLength() < 31 && other == subnet()));
  }

  @Override
  public String toString() {
    return Ip4Address.toString(address) + "/" + prefixLength() + " on " + in.ifnet().name();
  }
}
