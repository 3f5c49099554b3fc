package cellblock.inet.tcp;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Which congestion control and which stack the connections of one vnet have, out of those that
 * modules brought (ancestors: V_default_cc_ptr of netinet/cc/cc.c, V_tcp_func_set_ptr of
 * netinet/tcp_subr.c). Each connection holds a reference to both, the vnet to those it begins with.
 * Threading: turns of the vnet's lane.
 */
final class TcpChoice {
  private static final String BASE_STACK = "freebsd";

  private final Tcp tcp;
  private final ModuleList<Supplier<CongestionControl>> ccs;
  private final ModuleList<Function<Tcb, TcpStack>> functions;
  private String algorithm;
  private String stack;
  private boolean stopped;

  TcpChoice(Tcp tcp) {
    this.tcp = tcp;
    this.ccs = ModuleList.CC_LIST.of(tcp.vnet.machine());
    this.functions = ModuleList.T_FUNCTIONS.of(tcp.vnet.machine());
    this.algorithm = ccs.begin("cubic");
    this.stack = functions.begin(BASE_STACK);
  }

  // ---- what new connections have ----

  String algorithm() {
    return algorithm;
  }

  List<String> algorithms() {
    return ccs.names();
  }

  void algorithm(String name) throws ErrnoException {
    if (ccs.acquire(name) == null) {
      throw new ErrnoException(Errno.ESRCH);
    }
    ccs.release(algorithm);
    algorithm = name;
    if (tcp.vnet == tcp.vnet.machine().vnet0()) {
      ccs.prefer(name);
    }
  }

  String stack() {
    return stack;
  }

  List<String> stacks() {
    return functions.names();
  }

  void stack(String name) throws ErrnoException {
    if (functions.acquire(name) == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    functions.release(stack);
    stack = name;
    if (tcp.vnet == tcp.vnet.machine().vnet0()) {
      functions.prefer(name);
    }
  }

  /** The vnet begins no more connections. */
  void stop() {
    if (!stopped) {
      stopped = true;
      ccs.release(algorithm);
      functions.release(stack);
    }
  }

  /** No connection begins with a stack any more. */
  void leaveStack(String name) {
    if (stack.equals(name)) {
      functions.acquire(BASE_STACK);
      functions.release(name);
      stack = BASE_STACK;
    }
  }

  // ---- of one connection ----

  /** The algorithm of a new connection; the vnet's own is there while the vnet is. */
  CongestionControl newAlgorithm() {
    return Objects.requireNonNull(ccs.acquire(algorithm)).maker.get();
  }

  /** The stack of a new connection; TCP's own while the vnet's is being unloaded. */
  TcpStack newStack(Tcb t) {
    ModuleList.Entry<Function<Tcb, TcpStack>> e = functions.acquire(stack);
    return (e != null ? e : base()).maker.apply(t);
  }

  private ModuleList.Entry<Function<Tcb, TcpStack>> base() {
    return Objects.requireNonNull(functions.acquire(BASE_STACK));
  }

  /** TCP_CONGESTION: the algorithm of that name, begun anew; ESRCH. */
  void congestion(Tcb t, String name) throws ErrnoException {
    ModuleList.Entry<Supplier<CongestionControl>> e = ccs.acquire(name);
    if (e == null) {
      throw new ErrnoException(Errno.ESRCH);
    }
    if (name.equals(t.cc.name())) {
      ccs.release(name);
      return;
    }
    ccs.release(t.cc.name());
    t.cc = e.maker.get();
  }

  /** TCP_FUNCTION_BLK: another stack, not while segments are under way; ENOENT, EINVAL. */
  void stack(Tcb t, String name) throws ErrnoException {
    ModuleList.Entry<Function<Tcb, TcpStack>> e = functions.acquire(name);
    if (e == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    boolean same = name.equals(t.stack.name());
    if (same || t.sndMax != t.sndUna || t.inRecovery) {
      functions.release(name);
      if (!same) {
        throw new ErrnoException(Errno.EINVAL);
      }
      return;
    }
    replace(t, e);
  }

  private void replace(Tcb t, ModuleList.Entry<Function<Tcb, TcpStack>> e) {
    t.stack.stop();
    functions.release(t.stack.name());
    t.stack = e.maker.apply(t);
  }

  /** The same as those of a socket that listened, as long as they are there. */
  void inherit(Tcb t, Tcb listener) {
    try {
      congestion(t, listener.cc.name());
      stack(t, listener.stack.name());
    } catch (ErrnoException e) {
      // Its module leaves, or something is under way already: the vnet's own is as good.
    }
  }

  /** tcp_switch_back_to_default: whatever is under way. */
  void backToBase(Tcb t) {
    if (t.inRecovery) {
      t.leaveRecovery();
    }
    replace(t, base());
    if (t.sndMax != t.sndUna && !t.timers.rexmtPending() && !t.timers.persistPending()) {
      t.timers.startRexmt();
    }
  }

  /** The connection is no more. */
  void release(Tcb t) {
    ccs.release(t.cc.name());
    functions.release(t.stack.name());
  }
}
