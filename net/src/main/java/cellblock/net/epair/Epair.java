package cellblock.net.epair;

import cellblock.net.ifnet.Ifnet;
import java.util.List;

/**
 * Two Ethernet interfaces and the cable between them; made together, destroyed together. Threading:
 * immutable but for the plug, which anyone may read.
 */
final class Epair {
  private final int unit;
  private final Ifnet a;
  private final Ifnet b;
  private volatile boolean plugged = true;

  /** Makes the pair of ends of {@code unit}; {@code maker} gets an end's driver, "a" first. */
  Epair(int unit, Maker maker) {
    this.unit = unit;
    EpairEnd first = new EpairEnd(this);
    EpairEnd second = new EpairEnd(this);
    a = maker.make("a", first);
    b = maker.make("b", second);
    first.join(a, second);
    second.join(b, first);
  }

  /** Allocates the interface of an end. */
  interface Maker {
    Ifnet make(String letter, EpairEnd end);
  }

  int unit() {
    return unit;
  }

  Ifnet a() {
    return a;
  }

  Ifnet b() {
    return b;
  }

  List<Ifnet> ends() {
    return List.of(a, b);
  }

  boolean plugged() {
    return plugged;
  }

  void plug(boolean now) {
    plugged = now;
  }
}
