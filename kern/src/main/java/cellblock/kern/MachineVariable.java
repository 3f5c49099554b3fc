package cellblock.kern;

import java.util.function.Function;

/**
 * State of a module that all vnets of a machine share: epair's global units, the interface index
 * table. The constant is an immutable key; each machine has a value of its own, owned by its kernel
 * lane unless the value says otherwise.
 *
 * @param <T> the variable's type
 */
public final class MachineVariable<T> {
  private final String name;
  private final Function<? super Machine, ? extends T> initial;

  private MachineVariable(String name, Function<? super Machine, ? extends T> initial) {
    this.name = name;
    this.initial = initial;
  }

  /** Defines a variable whose value is made when its module is loaded. */
  public static <T> MachineVariable<T> define(
      String name, Function<? super Machine, ? extends T> initial) {
    return new MachineVariable<>(name, initial);
  }

  public String name() {
    return name;
  }

  /** The value in {@code machine}; an error when the module that defines it is not loaded. */
  @SuppressWarnings("unchecked")
  public T of(Machine machine) {
    return (T) machine.value(this);
  }

  T initialFor(Machine machine) {
    return initial.apply(machine);
  }

  @Override
  public String toString() {
    return name;
  }
}
