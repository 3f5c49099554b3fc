package cellblock.inet.tcp;

import cellblock.kern.MachineVariable;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What modules bring for connections to choose by name, and how many hold each: congestion control
 * and stacks (ancestors: cc_list of netinet/cc/cc.c, t_functions of netinet/tcp_subr.c). Threading:
 * names come and go in turns of the kernel lane; {@link #acquire} and {@link #release} from any.
 *
 * @param <F> what makes one for a connection
 */
final class ModuleList<F> {
  /** Congestion control of a machine. */
  static final MachineVariable<ModuleList<Supplier<CongestionControl>>> CC_LIST =
      MachineVariable.define("cc_list", m -> new ModuleList<>());

  /** Stacks of a machine; the first is part of TCP. */
  static final MachineVariable<ModuleList<Function<Tcb, TcpStack>>> T_FUNCTIONS =
      MachineVariable.define("t_functions", m -> stacks());

  private static ModuleList<Function<Tcb, TcpStack>> stacks() {
    ModuleList<Function<Tcb, TcpStack>> list = new ModuleList<>();
    list.entries = List.of(new Entry<>("freebsd", DupAckStack::new));
    return list;
  }

  /** One name. Who holds it is counted; none may come any more once it is sealed. */
  static final class Entry<F> {
    private static final int SEALED = Integer.MIN_VALUE;

    final String name;
    final F maker;
    private final AtomicInteger holders = new AtomicInteger();

    private Entry(String name, F maker) {
      this.name = name;
      this.maker = maker;
    }

    private boolean acquire() {
      for (int n = holders.get(); n >= 0; n = holders.get()) {
        if (holders.compareAndSet(n, n + 1)) {
          return true;
        }
      }
      return false;
    }
  }

  private volatile List<Entry<F>> entries = List.of();

  /** What vnets begin with: vnet0's choice. */
  private volatile String preferred = "";

  /** cc_register_algo: EEXIST for a name that is there. */
  void register(String name, F maker) throws ErrnoException {
    if (find(name) != null) {
      throw new ErrnoException(Errno.EEXIST);
    }
    List<Entry<F>> now = new ArrayList<>(entries);
    now.add(new Entry<>(name, maker));
    entries = List.copyOf(now);
  }

  /** cc_deregister_algo. */
  void remove(String name) {
    entries = entries.stream().filter(e -> !e.name.equals(name)).toList();
  }

  /** Lets nobody new hold it; false, and nothing is done, while somebody does. */
  boolean sealUnheld(String name) {
    Entry<F> e = find(name);
    return e == null || e.holders.compareAndSet(0, Entry.SEALED) || e.holders.get() < 0;
  }

  /** Lets nobody new hold it, whoever does. */
  void seal(String name) {
    Entry<F> e = find(name);
    if (e != null) {
      e.holders.getAndUpdate(n -> n < 0 ? n : n + Entry.SEALED);
    }
  }

  private @Nullable Entry<F> find(String name) {
    for (Entry<F> e : entries) {
      if (e.name.equals(name)) {
        return e;
      }
    }
    return null;
  }

  /** The names, in the order in which they came. */
  List<String> names() {
    return entries.stream().map(e -> e.name).toList();
  }

  /** Holds a name; null when nobody has brought it, or it leaves. */
  @Nullable Entry<F> acquire(String name) {
    Entry<F> e = find(name);
    return e != null && e.acquire() ? e : null;
  }

  /** Gives it back. */
  void release(String name) {
    Entry<F> e = find(name);
    if (e != null) {
      e.holders.decrementAndGet();
    }
  }

  /** Sets what vnets begin with from now on. */
  void prefer(String name) {
    preferred = name;
  }

  /** Holds what a vnet begins with: vnet0's choice, else {@code usual}, else the first there is. */
  String begin(String usual) {
    for (String name : List.of(preferred, usual)) {
      if (acquire(name) != null) {
        return name;
      }
    }
    for (Entry<F> e : entries) {
      if (e.acquire()) {
        return e.name;
      }
    }
    throw new IllegalStateException("no module brings congestion control or a stack");
  }
}
