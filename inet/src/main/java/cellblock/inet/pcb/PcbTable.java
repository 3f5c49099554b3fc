package cellblock.inet.pcb;

import cellblock.inet.ip.Ip4Settings;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pcbs of one protocol in one vnet, of both families (ancestor: struct inpcbinfo of
 * netinet/in_pcb.c). Every bound pcb is in the chain of its local port, a connected one in a chain
 * of its four-tuple, too. Keys are left-aligned 128 bits ({@code IpAddress.hi}, {@code lo}).
 *
 * <p>Threading: turns of the vnet's lane. Lookups allocate nothing.
 */
public final class PcbTable {
  private static final Pcb[] NONE = {}; // until there is a pcb

  private final RandomGenerator random;
  private final Ip4Settings settings;
  private @Nullable Pcb[] ports = NONE;
  private @Nullable Pcb[] tuples = NONE;
  private int bound;
  private int connected;

  public PcbTable(RandomGenerator random, Ip4Settings settings) {
    this.random = random;
    this.settings = settings;
  }

  private static int mix(long key) {
    long h = key * 0x9e3779b97f4a7c15L;
    return (int) (h >>> 40);
  }

  private static int tupleHash(long foreignHi, long foreignLo, int foreignPort, int localPort) {
    return mix(foreignHi ^ Long.rotateLeft(foreignLo, 21) ^ (long) foreignPort << 16 ^ localPort);
  }

  /** How many pcbs are bound. */
  public int bound() {
    return bound;
  }

  // ---- membership ----

  void insertPort(Pcb p) {
    if (bound >= 2 * ports.length) {
      growPorts();
    }
    int at = mix(p.localPort) & ports.length - 1;
    p.nextInPort = ports[at];
    ports[at] = p;
    bound++;
  }

  void removePort(Pcb p) {
    int at = mix(p.localPort) & ports.length - 1;
    Pcb q = ports[at];
    if (q == p) {
      ports[at] = p.nextInPort;
    } else {
      while (q != null && q.nextInPort != p) {
        q = q.nextInPort;
      }
      if (q == null) {
        throw new IllegalStateException(p + " is not bound");
      }
      q.nextInPort = p.nextInPort;
    }
    p.nextInPort = null;
    bound--;
  }

  void insertTuple(Pcb p) {
    if (connected >= 2 * tuples.length) {
      growTuples();
    }
    int at = tupleHash(p.foreignHi, p.foreignLo, p.foreignPort, p.localPort) & tuples.length - 1;
    p.nextInTuple = tuples[at];
    tuples[at] = p;
    connected++;
  }

  void removeTuple(Pcb p) {
    int at = tupleHash(p.foreignHi, p.foreignLo, p.foreignPort, p.localPort) & tuples.length - 1;
    Pcb q = tuples[at];
    if (q == p) {
      tuples[at] = p.nextInTuple;
    } else {
      while (q != null && q.nextInTuple != p) {
        q = q.nextInTuple;
      }
      if (q == null) {
        throw new IllegalStateException(p + " is not connected");
      }
      q.nextInTuple = p.nextInTuple;
    }
    p.nextInTuple = null;
    connected--;
  }

  private void growPorts() {
    @Nullable Pcb[] old = ports;
    ports = new Pcb[Math.max(4, old.length * 2)];
    for (Pcb first : old) {
      for (Pcb p = first; p != null; ) {
        Pcb next = p.nextInPort;
        int at = mix(p.localPort) & ports.length - 1;
        p.nextInPort = ports[at];
        ports[at] = p;
        p = next;
      }
    }
  }

  private void growTuples() {
    @Nullable Pcb[] old = tuples;
    tuples = new Pcb[Math.max(4, old.length * 2)];
    for (Pcb first : old) {
      for (Pcb p = first; p != null; ) {
        Pcb next = p.nextInTuple;
        int at =
            tupleHash(p.foreignHi, p.foreignLo, p.foreignPort, p.localPort) & tuples.length - 1;
        p.nextInTuple = tuples[at];
        tuples[at] = p;
        p = next;
      }
    }
  }

  // ---- lookup ----

  /** {@link #lookup(int, long, long, int, long, long, int)} in a table of one family. */
  public @Nullable Pcb lookup(
      long foreignHi, long foreignLo, int foreignPort, long localHi, long localLo, int localPort) {
    return lookup(
        Pcb.INET | Pcb.INET6, foreignHi, foreignLo, foreignPort, localHi, localLo, localPort);
  }

  /**
   * The pcb that a packet belongs to: a connected one, else one bound to the address, else one
   * bound to any, those of this family alone first (in_pcblookup).
   *
   * @param version {@link Pcb#INET} or {@link Pcb#INET6}: what the packet is
   */
  public @Nullable Pcb lookup(
      int version,
      long foreignHi,
      long foreignLo,
      int foreignPort,
      long localHi,
      long localLo,
      int localPort) {
    int hash = tupleHash(foreignHi, foreignLo, foreignPort, localPort);
    Pcb first = tuples.length == 0 ? null : tuples[hash & tuples.length - 1];
    for (Pcb p = first; p != null; p = p.nextInTuple) {
      if (p.localPort == localPort
          && p.foreignPort == foreignPort
          && (p.versions & version) != 0
          && p.foreignHi == foreignHi
          && p.foreignLo == foreignLo
          && p.localHi == localHi
          && p.localLo == localLo) {
        return p;
      }
    }
    Pcb wild = null;
    for (Pcb p = chain(localPort); p != null; p = p.nextInPort) {
      if (p.localPort != localPort || p.isConnected() || (p.versions & version) == 0) {
        continue;
      }
      if (p.localHi == localHi && p.localLo == localLo) {
        return shared(p, foreignHi, foreignLo, foreignPort);
      }
      if (p.isAnyLocal() && (wild == null || p.versions < wild.versions)) {
        wild = p;
      }
    }
    return wild == null ? null : shared(wild, foreignHi, foreignLo, foreignPort);
  }

  /** Of a group by SO_REUSEPORT_LB the peer decides which one it is: in_pcblookup_lbgroup. */
  private Pcb shared(Pcb found, long foreignHi, long foreignLo, int foreignPort) {
    if (!found.has(SocketOption.SO_REUSEPORT_LB)) {
      return found;
    }
    int members = 0;
    for (Pcb p = found; p != null; p = p.nextInPort) {
      members += inGroup(p, found) ? 1 : 0;
    }
    long key = foreignHi ^ Long.rotateLeft(foreignLo, 21) ^ (long) foreignPort << 16;
    int which = Math.floorMod(mix(key), members);
    for (Pcb p = found; p != null; p = p.nextInPort) {
      if (inGroup(p, found) && which-- == 0) {
        return p;
      }
    }
    return found;
  }

  private static boolean inGroup(Pcb p, Pcb found) {
    return p.localPort == found.localPort
        && !p.isConnected()
        && p.versions == found.versions
        && p.localHi == found.localHi
        && p.localLo == found.localLo
        && p.has(SocketOption.SO_REUSEPORT_LB);
  }

  /** The first pcb that may have that local port; go on by {@link Pcb#nextOfPort}. */
  public @Nullable Pcb chain(int localPort) {
    return ports.length == 0 ? null : ports[mix(localPort) & ports.length - 1];
  }

  /**
   * The pcb that stands closest to a local address and port (in_pcblookup_local).
   *
   * @param versions the families that count, {@link Pcb#INET} and {@link Pcb#INET6}
   * @param wildcard whether connected ones and ones of other generality count
   */
  @Nullable Pcb lookupLocal(int versions, long hi, long lo, int port, boolean wildcard) {
    Pcb best = null;
    int bestWild = 3;
    for (Pcb p = chain(port); p != null; p = p.nextInPort) {
      if (p.localPort != port || (p.versions & versions) == 0) {
        continue;
      }
      boolean same = p.localHi == hi && p.localLo == lo;
      if (!wildcard) {
        if (!p.isConnected() && same) {
          return p;
        }
        continue;
      }
      int wild = p.isConnected() ? 1 : 0;
      if (!same) {
        if (!p.isAnyLocal() && (hi | lo) != 0) {
          continue;
        }
        wild++;
      }
      if (wild < bestWild) {
        best = p;
        bestWild = wild;
      }
    }
    return best;
  }

  // ---- ports ----

  /** A free port of the range that IP_PORTRANGE names (in_pcb_lport). */
  int choosePort(int versions, long hi, long lo, int range, boolean wildcard)
      throws ErrnoException {
    int first = settings.portFirst;
    int last = settings.portLast;
    if (range == SocketOption.PORTRANGE_HIGH) {
      first = settings.portHiFirst;
      last = settings.portHiLast;
    } else if (range == SocketOption.PORTRANGE_LOW) {
      first = settings.portLowFirst;
      last = settings.portLowLast;
    }
    int low = Math.min(first, last);
    int count = Math.abs(last - first) + 1;
    int at = settings.portRandomized != 0 ? random.nextInt(count) : 0;
    for (int tries = 0; tries < count; tries++) {
      int port = low + (at + tries) % count;
      if (lookupLocal(versions, hi, lo, port, wildcard) == null) {
        return port;
      }
    }
    throw new ErrnoException(Errno.EADDRNOTAVAIL);
  }

  /** Whether a port needs a privilege. */
  boolean isReserved(int port) {
    return port <= settings.portReservedHigh && port >= settings.portReservedLow;
  }
}
