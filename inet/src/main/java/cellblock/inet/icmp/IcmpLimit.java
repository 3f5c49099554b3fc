package cellblock.inet.icmp;

import cellblock.kern.vnet.Vnet;
import java.util.random.RandomGenerator;

/**
 * How many answers of each class go out in a second, and the line in the message buffer about those
 * that did not (ancestor: badport_bandlim of netinet/ip_icmp.c). The limit is jittered, so that
 * nobody learns from counting. Threading: the vnet's lane.
 */
public final class IcmpLimit {
  private static final long SECOND = 1_000_000_000L;

  /** What is limited, each on its own. */
  public enum Class {
    UNREACH("icmp unreach"),
    ECHO("icmp ping"),
    TSTAMP("icmp tstamp"),
    RST_CLOSED("closed port RST"),
    RST_OPEN("open port RST");

    private final String text;

    Class(String text) {
      this.text = text;
    }
  }

  private static final int CLASSES = Class.values().length;

  private static final long[] NONE = {};
  private static final int[] NO_COUNT = {};

  private final Vnet vnet;
  private final IcmpSettings settings;
  private final RandomGenerator random;
  private long[] since = NONE; // until something is limited
  private int[] count = NO_COUNT;
  private int jitter;

  public IcmpLimit(Vnet vnet, IcmpSettings settings, RandomGenerator random) {
    this.vnet = vnet;
    this.settings = settings;
    this.random = random;
    this.jitter = nextJitter();
  }

  private int nextJitter() {
    int most = settings.icmplimJitter;
    return most <= 0 ? 0 : random.nextInt(2 * most + 1) - most;
  }

  /** Whether one more answer of this class may go out now. */
  public boolean allows(Class what) {
    int limit = settings.icmplim;
    if (limit <= 0) {
      return true;
    }
    if (since == NONE) {
      since = new long[CLASSES];
      count = new int[CLASSES];
    }
    limit = Math.max(1, limit + jitter);
    int c = what.ordinal();
    long now = vnet.lane().now();
    if (count[c] == 0 || now - since[c] >= SECOND) {
      if (count[c] > limit && settings.icmplimOutput != 0) {
        vnet.machine()
            .messages()
            .log(
                "Limiting "
                    + what.text
                    + " response from "
                    + count[c]
                    + " to "
                    + limit
                    + " packets/sec");
      }
      since[c] = now;
      count[c] = 0;
      jitter = nextJitter();
    }
    return ++count[c] <= limit;
  }
}
