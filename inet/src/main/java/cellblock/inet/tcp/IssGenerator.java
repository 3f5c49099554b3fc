package cellblock.inet.tcp;

import cellblock.kern.vnet.Vnet;
import java.util.random.RandomGenerator;

/**
 * Initial sequence numbers: a clock of 4 microseconds plus a keyed hash of the four-tuple (RFC
 * 6528; ancestor: tcp_new_isn of netinet/tcp_subr.c). The key comes from the vnet's injected
 * randomness. The hash is SipHash-2-4. Threading: the vnet's lane.
 */
final class IssGenerator {
  private final Vnet vnet;
  private final long k0;
  private final long k1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  IssGenerator(Vnet vnet, RandomGenerator random) {
    this.vnet = vnet;
    this.k0 = random.nextLong();
    this.k1 = random.nextLong();
  }

  int next(long localHi, long localLo, int localPort, long foreignHi, long foreignLo, int port) {
    return (int) hash(localHi, localLo, foreignHi, foreignLo, (long) localPort << 16 | port)
        + (int) (vnet.lane().now() / 4000);
  }

  private long hash(long a, long b, long c, long d, long e) {
    v0 = k0 ^ 0x736f6d6570736575L;
    v1 = k1 ^ 0x646f72616e646f6dL;
    v2 = k0 ^ 0x6c7967656e657261L;
    v3 = k1 ^ 0x7465646279746573L;
    word(a);
    word(b);
    word(c);
    word(d);
    word(e);
    word(40L << 56);
    v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void word(long m) {
    v3 ^= m;
    round();
    round();
    v0 ^= m;
  }

  private void round() {
    v0 += v1;
    v2 += v3;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 = Long.rotateLeft(v2, 32);
  }
}
