package cellblock.kern.sysctl;

/** An int that a sysctl node shows and sets. Hot paths hold the cell in a final field. */
public final class IntCell {
  private volatile int value;

  public IntCell(int value) {
    this.value = value;
  }

  public int get() {
    return value;
  }

  public void set(int now) {
    value = now;
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
