package cellblock.inet.tcp;

/** Sequence numbers: ints modulo 2^32 (RFC 9293 section 3.4; SEQ_LT and friends). */
final class Seq {
  private Seq() {}

  static boolean lt(int a, int b) {
    return a - b < 0;
  }

  static boolean leq(int a, int b) {
    return a - b <= 0;
  }

  static boolean gt(int a, int b) {
    return a - b > 0;
  }

  static boolean geq(int a, int b) {
    return a - b >= 0;
  }

  static int max(int a, int b) {
    return a - b >= 0 ? a : b;
  }

  static int min(int a, int b) {
    return a - b <= 0 ? a : b;
  }
}
