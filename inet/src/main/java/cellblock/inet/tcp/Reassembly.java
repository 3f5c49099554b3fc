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
}
