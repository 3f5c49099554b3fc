package cellblock.net.ether;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ethernet addresses under FreeBSD's prefix for made-up interfaces (ancestor: ether_gen_addr of
 * net/if_ethersubr.c, which hashes the jail's and the interface's name: two may be alike there).
 * The last 16 bits count in an order that the machine's key decides. Any thread.
 */
public final class GeneratedAddresses {
  private static final long PREFIX = 0x58_9c_fc_10_00_00L;

  private final long key;
  private final AtomicInteger made = new AtomicInteger();

  GeneratedAddresses(long key) {
    this.key = key;
  }

  /** The next one; it comes again after 65,536 others. */
  long next() {
    int n = made.getAndIncrement();
    return PREFIX | (n * (key >>> 32 | 1) + key) & 0xffff;
  }
}
