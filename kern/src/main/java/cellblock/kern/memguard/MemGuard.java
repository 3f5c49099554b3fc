package cellblock.kern.memguard;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The faults of one machine (ancestor: memguard(9)). Nothing is paid for while nobody touches the
 * dead: objects ask only where they have found themselves freed. Threading: any.
 */
public final class MemGuard {
  private static final int KEPT = 64;

  private final boolean stacks;
  private final Consumer<String> messages;
  private final CopyOnWriteArrayList<Fault> faults = new CopyOnWriteArrayList<>();

  /**
   * @param stacks whether places keep their stack: in checked mode
   * @param messages where a line for each fault goes
   */
  public MemGuard(boolean stacks, Consumer<String> messages) {
    this.stacks = stacks;
    this.messages = messages;
  }

  /** {@code object} is freed here and now; it keeps the answer. */
  public Grave free(String object) {
    return new Grave(object, Site.here(stacks));
  }

  /**
   * What is in {@code grave} was touched: notes the fault.
   *
   * @param by whose reference it was
   * @return to be thrown
   */
  public StaleUse touched(Grave grave, String by) {
    return new StaleUse(note(Fault.Kind.USE_AFTER_FREE, grave.object(), grave.freed(), by));
  }

  /** Something alive was touched on behalf of a vnet that it is not in. To be thrown. */
  public StaleUse strayed(String object, String by) {
    return new StaleUse(note(Fault.Kind.WRONG_VNET, object, null, by));
  }

  /** Something is still there that should have gone with its owner. Noted, no more. */
  public void left(String object, String by) {
    note(Fault.Kind.LEFT_BEHIND, object, null, by);
  }

  private Fault note(Fault.Kind kind, String object, @Nullable Site freed, String by) {
    Fault fault = new Fault(kind, object, freed, by, Site.here(stacks));
    if (faults.size() < KEPT) {
      faults.add(fault);
    }
    messages.accept("memguard: " + fault);
    return fault;
  }

  /** The first faults of this machine, oldest first. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }
}
