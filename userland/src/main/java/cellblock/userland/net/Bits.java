package cellblock.userland.net;

import java.util.List;

/** Flag words with names, as the kernel's {@code %b} prints them. */
public final class Bits {
  private Bits() {}

  /**
   * The names of the bits that are set, between {@code <} and {@code >}; "" for none. {@code names}
   * begins with bit 0; an empty name leaves its bit out.
   */
  public static String names(int value, List<String> names) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      if ((value >>> i & 1) != 0 && !names.get(i).isEmpty()) {
        text.append(text.isEmpty() ? "<" : ",").append(names.get(i));
      }
    }
    return text.isEmpty() ? "" : text.append('>').toString();
  }
}
