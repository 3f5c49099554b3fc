package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The protocols that one vnet has sockets for, and those sockets (ancestor: struct domain and its
 * protosw array, kern/uipc_domain.c; the socket list of vnet_sockcnt). Protocols come and go on
 * live vnets. Threading: turns of the vnet's lane.
 */
public final class ProtoSwitch {
  /** Makes the pcb of a new socket: pr_attach. */
  @FunctionalInterface
  public interface Attach {
    SocketProtocol attach(Socket socket) throws ErrnoException;
  }

  private record Entry(
      Family family,
      SocketType type,
      int protocol,
      boolean wildcard,
      Attach attach,
      Ledger.Entry line) {}

  /** kern.ipc.maxsockbuf of FreeBSD. */
  private static final long MAXSOCKBUF = 2L << 20;

  private final Vnet vnet;
  private volatile long maxsockbuf = MAXSOCKBUF;
  private final List<Entry> entries = new ArrayList<>(4);
  private Set<Socket> sockets = Set.of(); // an idle vnet has none

  public ProtoSwitch(Vnet vnet) {
    this.vnet = vnet;
  }

  /** kern.ipc.maxsockbuf: the largest buffer of a socket, bytes. */
  public long maxsockbuf() {
    return maxsockbuf;
  }

  /** Sets {@link #maxsockbuf()}. */
  public void maxsockbuf(long bytes) {
    maxsockbuf = bytes;
  }

  /** What a program may ask for: that less the mbufs that hold it (sb_max_adj). */
  long largestBuffer() {
    return maxsockbuf / 9 * 8;
  }

  /**
   * Adds a protocol: protosw_register.
   *
   * @param wildcard takes any protocol number of this family and type that no other entry names
   */
  public void register(
      Family family, SocketType type, int protocol, boolean wildcard, Attach attach) {
    Ledger.Entry line = vnet.ledger().enter(LedgerKind.PROTOCOL, attach, null);
    entries.add(new Entry(family, type, protocol, wildcard, attach, line));
  }

  /** Takes a protocol out again: protosw_unregister. Its sockets must be gone. */
  public void unregister(Family family, SocketType type, int protocol) {
    entries.removeIf(e -> {
      boolean gone = e.family == family && e.type == type && e.protocol == protocol;
      if (gone) {
        e.line.leave();
      }
      return gone;
    });
  }

  /** socreate. In a turn. */
  public Socket open(Family family, SocketType type, int protocol, Credential credential)
      throws ErrnoException {
    vnet.gate();
    Entry entry = find(family, type, protocol);
    int number = protocol == 0 && !entry.wildcard ? entry.protocol : protocol;
    Socket socket = new Socket(vnet, this, family, type, number, credential);
    try {
      socket.attached(entry.attach.attach(socket));
    } catch (ErrnoException e) {
      socket.refused();
      throw e;
    }
    add(socket);
    return socket;
  }

  /** A socket for a connection that came to {@code listener}: sonewconn. In a turn. */
  public Socket arrived(Socket listener, Attach attach) throws ErrnoException {
    vnet.gate();
    Socket socket =
        new Socket(
            vnet,
            this,
            listener.family(),
            listener.type(),
            listener.protocol(),
            listener.credential());
    try {
      socket.attached(attach.attach(socket));
    } catch (ErrnoException e) {
      socket.refused();
      throw e;
    }
    add(socket);
    return socket;
  }

  private Entry find(Family family, SocketType type, int protocol) throws ErrnoException {
    Entry wild = null;
    boolean familyKnown = false;
    boolean typeKnown = false;
    for (Entry e : entries) {
      familyKnown |= e.family == family;
      if (e.family != family || e.type != type) {
        continue;
      }
      typeKnown = true;
      if (e.protocol == protocol || (protocol == 0 && !e.wildcard)) {
        return e;
      }
      if (e.wildcard) {
        wild = e;
      }
    }
    if (wild != null) {
      return wild;
    }
    throw new ErrnoException(
        !familyKnown
            ? Errno.EAFNOSUPPORT
            : typeKnown || protocol != 0 ? Errno.EPROTONOSUPPORT : Errno.EPROTOTYPE);
  }

  private void add(Socket socket) {
    if (sockets.isEmpty()) {
      sockets = new LinkedHashSet<>(4);
    }
    sockets.add(socket);
  }

  void forget(Socket socket) {
    if (!sockets.isEmpty()) {
      sockets.remove(socket);
    }
  }

  /** The sockets of this vnet, in order of birth: netstat -a. */
  public List<Socket> sockets() {
    return List.copyOf(sockets);
  }

  /** Aborts every socket: the shutdown stage. */
  public void abortAll() {
    for (Socket s : sockets()) {
      s.abort(Errno.ECONNABORTED);
    }
  }
}
