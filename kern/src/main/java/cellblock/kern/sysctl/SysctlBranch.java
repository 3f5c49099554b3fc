package cellblock.kern.sysctl;

import cellblock.kern.vnet.Vnet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;

/**
 * Declares the numbers of one branch of the sysctl tree that stand together in one object of each
 * vnet (ancestor: SYSCTL_VNET_INT of sys/sysctl.h, one call a node below a common parent).
 *
 * @param <S> the object that holds them
 */
public final class SysctlBranch<S> {
  private final Consumer<SysctlDeclaration> declare;
  private final String below;
  private final Function<Vnet, S> of;

  /**
   * @param declare takes each declaration
   * @param below what their names begin with, "net.inet.ip."
   * @param of the object of a vnet; asked for in a turn of its lane
   */
  public SysctlBranch(Consumer<SysctlDeclaration> declare, String below, Function<Vnet, S> of) {
    this.declare = declare;
    this.below = below;
    this.of = of;
  }

  /** A number that can be set; it is declared once its range is told. */
  public interface Knob {
    /** Declares it with its smallest and its largest value. */
    void range(int low, int high, String text);

    /** Declares it as 0 or 1. */
    default void flag(String text) {
      range(0, 1, text);
    }
  }

  /** A field: four bytes, and no indirection where packets read it. */
  public Knob knob(String name, ToIntFunction<S> get, ObjIntConsumer<S> set) {
    return (low, high, text) ->
        declare.accept(
            SysctlDeclaration.vnetInt(
                below + name,
                v -> get.applyAsInt(of.apply(v)),
                (v, n) -> set.accept(of.apply(v), n),
                low,
                high,
                text));
  }

  /** A cell. */
  public Knob knob(String name, Function<S, IntCell> cell) {
    return (low, high, text) ->
        declare.accept(
            SysctlDeclaration.vnetInt(below + name, v -> cell.apply(of.apply(v)), low, high, text));
  }

  /** Declares a number that can only be read. */
  public void readOnly(String name, ToIntFunction<S> get, String text) {
    declare.accept(
        SysctlDeclaration.readOnly(
            below + name,
            SysctlDeclaration.Type.INT,
            true,
            text,
            (m, v) -> Integer.toString(get.applyAsInt(of.apply(v)))));
  }
}
