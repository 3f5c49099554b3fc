package cellblock.kern.ledger;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a vnet owns: whatever attaches enters here under a kind, and leaves again (law 4). A vnet is
 * dead when its ledger reads zero. Entries made while a constructor runs are marked: they may
 * outlive the shutdown stage, until the destructor.
 *
 * <p>Threading: turns of the vnet's lane; {@link #total} may be read from anywhere as a hint.
 */
public final class Ledger {
  private static final List<LedgerKind> KINDS = List.of(LedgerKind.values());

  /** An owner whose line reads otherwise than the owner itself. */
  private record Named(Object owner, String what) {}

  private final int[] counts = new int[KINDS.size()];

  /** Constructors that made lines, from 1. */
  private @Nullable String[] makers = new String[8];

  private @Nullable Entry first;
  private @Nullable String constructor;

  @SuppressWarnings("UnusedVariable") // by TOTAL
  private int total;

  private static final VarHandle TOTAL;

  static {
    try {
      TOTAL = MethodHandles.lookup().findVarHandle(Ledger.class, "total", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** One line of the ledger. */
  public final class Entry {
    // An idle vnet has some forty of these: 32 bytes each.
    private final Object owner;
    private final byte kind;
    private final byte madeBy;
    private @Nullable Entry previous;
    private @Nullable Entry next;

    private Entry(LedgerKind kind, Object owner, @Nullable String what, byte madeBy) {
      this.kind = (byte) kind.ordinal();
      this.owner = what == null ? owner : new Named(owner, what);
      this.madeBy = madeBy;
    }

    /** Takes the line out; twice is a bug. */
    public void leave() {
      if (previous == this) {
        throw new IllegalStateException("left the ledger twice: " + this);
      }
      if (previous == null) {
        first = next;
      } else {
        previous.next = next;
      }
      if (next != null) {
        next.previous = previous;
      }
      previous = this; // the mark of one that has left
      next = null;
      counts[kind]--;
      TOTAL.setOpaque(Ledger.this, total - 1);
    }

    /**
     * Puts the line of one that comes and goes back in; it has left, and no constructor made it.
     */
    public void enterAgain() {
      if (previous != this) {
        throw new IllegalStateException("in the ledger twice: " + this);
      }
      previous = null;
      link(this);
    }

    public LedgerKind kind() {
      return KINDS.get(kind);
    }

    /** The object that stands here. */
    public Object owner() {
      return owner instanceof Named n ? n.owner : owner;
    }

    /**
     * The constructor that made it, or null for what came later and must go in the shutdown stage.
     */
    public @Nullable String madeBy() {
      return madeBy == 0 ? null : makers[madeBy];
    }

    @Override
    public String toString() {
      String text = owner instanceof Named n ? n.what : name(owner);
      return kind() + " " + text + (madeBy == 0 ? "" : " (of " + makers[madeBy] + ")");
    }
  }

  /** An owner's own words, or those of its type: a lambda's is where it was written. */
  private static String name(Object owner) {
    String text = owner.toString();
    String type = owner.getClass().getSimpleName();
    int lambda = type.indexOf("$$");
    return text.startsWith(owner.getClass().getName() + "@")
        ? lambda < 0 ? type : type.substring(0, lambda)
        : text;
  }

  /**
   * Registers; {@code what} null = the owner's own toString, asked for only when the ledger is
   * read.
   */
  public Entry enter(LedgerKind kind, Object owner, @Nullable String what) {
    Entry e = new Entry(kind, owner, what, maker());
    link(e);
    return e;
  }

  private void link(Entry e) {
    e.next = first;
    if (first != null) {
      first.previous = e;
    }
    first = e;
    counts[e.kind]++;
    TOTAL.setOpaque(this, total + 1);
  }

  /** The number of the constructor that is running, 0 for none. */
  private byte maker() {
    String name = constructor;
    if (name == null) {
      return 0;
    }
    int at = 1;
    while (at < makers.length && makers[at] != null && !name.equals(makers[at])) {
      at++;
    }
    if (at > Byte.MAX_VALUE) {
      return Byte.MAX_VALUE; // made by a constructor at any rate
    }
    if (at >= makers.length) {
      makers = Arrays.copyOf(makers, at + 4);
    }
    makers[at] = name;
    return (byte) at;
  }

  /** Marks what follows as made by a constructor, until {@code null}. */
  public void constructing(@Nullable String name) {
    constructor = name;
  }

  public int total() {
    return (int) TOTAL.getOpaque(this);
  }

  public int count(LedgerKind kind) {
    return counts[kind.ordinal()];
  }

  /** All lines, newest first. */
  public List<Entry> entries() {
    List<Entry> all = new ArrayList<>(total);
    for (Entry e = first; e != null; e = e.next) {
      all.add(e);
    }
    return all;
  }

  /** Lines that no constructor made: what the shutdown stage must have cleared. */
  public List<Entry> strays() {
    List<Entry> strays = new ArrayList<>();
    for (Entry e = first; e != null; e = e.next) {
      if (e.madeBy == 0) {
        strays.add(e);
      }
    }
    return strays;
  }
}
