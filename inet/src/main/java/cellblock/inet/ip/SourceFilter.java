package cellblock.inet.ip;

import java.util.Arrays;

/**
 * Which senders one member of a group wants to hear: all but some (exclude), or some (include).
 * Ancestor: struct in_mfilter of a socket. Threading: the vnet's lane.
 */
public final class SourceFilter {
  private final InMulti group;
  private boolean include;
  private int[] sources = {};

  SourceFilter(InMulti group, boolean include) {
    this.group = group;
    this.include = include;
  }

  public InMulti group() {
    return group;
  }

  public boolean include() {
    return include;
  }

  /** The sources listed, ascending as unsigned numbers; must not be changed. */
  public int[] sources() {
    return sources;
  }

  /** Whether {@code source} is in the list. */
  public boolean lists(int source) {
    for (int s : sources) {
      if (s == source) {
        return true;
      }
    }
    return false;
  }

  /** Whether a packet of {@code source} passes: MCAST_PASS. */
  public boolean passes(int source) {
    return lists(source) == include;
  }

  void add(int source) {
    sources = sorted(sources, source);
  }

  void remove(int source) {
    sources = Arrays.stream(sources).filter(s -> s != source).toArray();
  }

  private static int[] sorted(int[] old, int more) {
    int at = 0;
    while (at < old.length && Integer.compareUnsigned(old[at], more) < 0) {
      at++;
    }
    int[] now = new int[old.length + 1];
    System.arraycopy(old, 0, now, 0, at);
    now[at] = more;
    System.arraycopy(old, at, now, at + 1, old.length - at);
    return now;
  }
}
