package cellblock.tunnel.wg;

import cellblock.wire.Family;
import cellblock.wire.IpAddress;

/**
 * Where a peer is, or where a message came from, and the own address that it was sent to (ancestor:
 * struct wg_endpoint). Addresses are left-aligned keys. Mutable, so that none is made for a packet.
 * Threading: the lane of the home vnet.
 */
final class Endpoint {
  boolean known;
  boolean six;
  long hi;
  long lo;

  /** Zone of a link-local address: an interface's index. */
  int zone;

  int port;

  /** The own address; zero = whichever fits. */
  long localHi;

  long localLo;

  void set(boolean isSix, long addressHi, long addressLo, int inZone, int onPort) {
    known = true;
    six = isSix;
    hi = addressHi;
    lo = addressLo;
    zone = inZone;
    port = onPort;
    clearLocal();
  }

  void clearLocal() {
    localHi = 0;
    localLo = 0;
  }

  /** Whether the far end is the same; the own address may differ. */
  boolean sameFar(Endpoint o) {
    return known == o.known
        && six == o.six
        && hi == o.hi
        && lo == o.lo
        && zone == o.zone
        && port == o.port;
  }

  void copy(Endpoint o) {
    known = o.known;
    six = o.six;
    hi = o.hi;
    lo = o.lo;
    zone = o.zone;
    port = o.port;
    localHi = o.localHi;
    localLo = o.localLo;
  }

  /** The address of the far end, without a zone. */
  IpAddress address() {
    return IpAddress.ofKey(six ? Family.INET6 : Family.INET, hi, lo);
  }

  @Override
  public String toString() {
    return known ? (six ? "[" + address() + "]:" : address() + ":") + port : "nowhere";
  }
}
