package cellblock.kern.vnet;

/** SI_ORDER_* of sys/kernel.h: the place within a {@link Subsystem}. */
public final class Order {
  public static final int FIRST = 0x0;
  public static final int SECOND = 0x1;
  public static final int THIRD = 0x2;
  public static final int FOURTH = 0x3;
  public static final int MIDDLE = 0x1000000;
  public static final int ANY = 0xfffffff;

  private Order() {}
}
