package cellblock.kern.vnet;

import java.util.function.Function;

/**
 * A virtualised variable (ancestor: VNET_DEFINE in net/vnet.h): every vnet has a value of its own,
 * made by the initial-value function when the vnet is built or the module is loaded. The constant
 * that holds this key is named {@code V_something}; the key itself never changes. A module links it
 * to a slot of each kernel that it is loaded into.
 *
 * <p>Hot paths resolve their per-vnet state once and hold it in final fields. {@link #get} is for
 * the rest.
 *
 * <p>Threading: reading is safe from anywhere; what the value itself allows is its own matter.
 *
 * @param <T> the variable's type
 */
public final class VnetVariable<T> {
  private final String name;
  private final Function<? super Vnet, ? extends T> initial;

  /** Where {@link Slots} begins to look for it. */
  final int hash;

  private VnetVariable(String name, Function<? super Vnet, ? extends T> initial) {
    this.name = name;
    this.initial = initial;
    this.hash = name.hashCode() * 0x9e3779b9 >>> 16;
  }

  /**
   * Defines a variable.
   *
   * @param initial makes each vnet's own value: never hand out one object to several vnets
   */
  public static <T> VnetVariable<T> define(
      String name, Function<? super Vnet, ? extends T> initial) {
    return new VnetVariable<>(name, initial);
  }

  public String name() {
    return name;
  }

  /** The value in the current vnet. */
  public T get() {
    if (!CurVnet.isSet()) {
      throw new CurVnet.NoCurrentVnet(
          "V_" + name + " used without a current vnet at " + CurVnet.site());
    }
    return of(CurVnet.VALUE.get());
  }

  /** The value in {@code vnet}. */
  @SuppressWarnings("unchecked")
  public T of(Vnet vnet) {
    return (T) vnet.value(this);
  }

  /** Sets the value in {@code vnet}, in a turn of its lane. */
  public void set(Vnet vnet, T value) {
    vnet.setValue(this, value);
  }

  T initialFor(Vnet vnet) {
    return initial.apply(vnet);
  }

  @Override
  public String toString() {
    return "V_" + name;
  }
}
