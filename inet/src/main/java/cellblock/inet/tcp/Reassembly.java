package cellblock.inet.tcp;

import cellblock.kern.vnet.Vnet;

/**
 * Data that came out of order (ancestor: netinet/tcp_reass.c). The bytes lie in the receive ring
 * already, ahead of its end; only their ranges are kept here, so no packet is held. Threading: the
 * vnet's lane.
 */
final class Reassembly extends Ranges {
  /** Whether a FIN came ahead of its turn, and its number. */
  boolean hasFin;

  int fin;

  void clear(Vnet vnet) {
    vnet.assertCurrent();
    clear();
    hasFin = false;
  }

  /**
   * Writes up to {@code most} SACK blocks, the latest first (RFC 2018 section 4), each as two
   * words.
   */
  int blocks(int[] to, int at, int most) {
    int n = 0;
    int before = Integer.MAX_VALUE;
    while (n < most && n < count) {
      int best = -1;
      for (int i = 0; i < count; i++) {
        if (age[i] < before && (best < 0 || age[i] > age[best])) {
          best = i;
        }
      }
      if (best < 0) {
        break;
      }
      before = age[best];
      to[at + 2 * n] = left[best];
      to[at + 2 * n + 1] = right[best];
      n++;
    }
    return n;
  }
}
