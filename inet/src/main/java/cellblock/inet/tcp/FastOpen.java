package cellblock.inet.tcp;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * TCP Fast Open of one vnet (RFC 7413; ancestor: netinet/tcp_fastopen.c): the cookies that servers
 * gave, paths that do not carry them, and the keys that make our own. Bounded. Threading: turns of
 * the vnet's lane.
 */
final class FastOpen {
  static final byte[] WISH = {};
  private static final int LEAST = 4;
  private static final int MOST = 16;
  private static final int COOKIE = 8;
  private static final int KEYS = 2;
  private static final int BUCKETS = 2048;
  private static final long SECOND = 1_000_000_000L;

  private record Path(
      int version, long localHi, long localLo, long foreignHi, long foreignLo, int port) {
    static Path of(Tcb t) {
      return new Path(
          t.domain.version(),
          t.localHi(),
          t.localLo(),
          t.foreignHi(),
          t.foreignLo(),
          t.foreignPort());
    }
  }

  /** What a server gave, or since when the path is left alone. */
  private record Known(byte[] cookie, int mss, long disabledSince) {}

  private final Tcp tcp;
  private final Map<Path, Known> paths = new LinkedHashMap<>(4, 0.75f, true);
  private final @Nullable SipHash[] keys = new SipHash[KEYS];
  private int keysMade;
  private long keySince;
  private boolean clientEnabled = true;

  FastOpen(Tcp tcp) {
    this.tcp = tcp;
  }

  // ---- client ----

  boolean clientEnabled() {
    return clientEnabled;
  }

  /** net.inet.tcp.fastopen.client_enable: off forgets all cookies. */
  void clientEnabled(boolean on) {
    clientEnabled = on;
    if (!on) {
      paths.clear();
    }
  }

  /** tcp_fastopen_connect: the cookie for the SYN, {@link #WISH}, or null: an ordinary SYN. */
  byte @Nullable [] cookieFor(Tcb t) {
    if (!clientEnabled) {
      return null;
    }
    Path path = Path.of(t);
    Known known = paths.get(path);
    if (known == null) {
      return WISH;
    }
    if (known.disabledSince >= 0) {
      long rest = tcp.settings.fastopenPathDisableTime.get() * SECOND;
      if (tcp.vnet.lane().now() - known.disabledSince < rest) {
        return null;
      }
      paths.remove(path);
      return WISH;
    }
    t.maxSeg = Math.min(t.maxSeg, Math.max(known.mss, 64));
    return known.cookie;
  }

  /** The SYN was answered: tcp_fastopen_update_cache, tcp_fastopen_disable_path. */
  void answered(Tcb t, Segment s) {
    int n = s.fastOpen.length;
    boolean valid = s.hasFastOpen && n >= LEAST && n <= MOST && n % 2 == 0;
    boolean taken = Seq.gt(s.ack, t.iss + 1); // data in the SYN: the cookie is still good
    if (valid) {
      int mss = s.mss == 0 ? t.domain.defaultMss() : s.mss;
      remember(Path.of(t), new Known(s.fastOpen, mss, -1));
    } else if (!taken) {
      remember(Path.of(t), new Known(WISH, 0, tcp.vnet.lane().now()));
    }
  }

  /** Nobody answers SYNs with the option: the path is left alone for a while. */
  void failed(Tcb t) {
    remember(Path.of(t), new Known(WISH, 0, tcp.vnet.lane().now()));
  }

  private void remember(Path path, Known known) {
    int limit = tcp.settings.fastopenCcacheLimit.get() * BUCKETS;
    if (!paths.containsKey(path) && paths.size() >= limit) {
      paths.remove(paths.keySet().iterator().next());
    }
    paths.put(path, known);
  }

  // ---- server ----

  int numberOfKeys() {
    return Math.min(keysMade, KEYS);
  }

  /** net.inet.tcp.fastopen.setkey: 32 hexadecimal digits. */
  boolean setKey(String hex) {
    if (!hex.matches("[0-9a-fA-F]{32}")) {
      return false;
    }
    long k0 = HexFormat.fromHexDigitsToLong(hex.substring(0, 16));
    long k1 = HexFormat.fromHexDigitsToLong(hex.substring(16));
    key(new SipHash(k0, k1));
    return true;
  }

  private void key(SipHash key) {
    keys[1] = keys[0];
    keys[0] = key;
    keysMade++;
    keySince = tcp.vnet.lane().now();
  }

  private void autokey() {
    int seconds = tcp.settings.fastopenAutokey.get();
    boolean old = seconds > 0 && tcp.vnet.lane().now() - keySince >= seconds * SECOND;
    if (keysMade == 0 || old) {
      key(new SipHash(tcp.ip.random));
    }
  }

  /** The cookie of the host that sent {@code s}. */
  byte[] cookie(Segment s) {
    autokey();
    return made(Objects.requireNonNull(keys[0]), s);
  }

  private static byte[] made(SipHash key, Segment s) {
    long h = key.begin().word(s.domain.version()).word(s.fromHi).word(s.fromLo).end();
    byte[] cookie = new byte[COOKIE];
    for (int i = 0; i < COOKIE; i++) {
      cookie[i] = (byte) (h >>> 8 * i);
    }
    return cookie;
  }

  /** Whether the cookie of a SYN is one that we gave: tcp_fastopen_check_cookie. */
  boolean valid(Segment s) {
    if (s.fastOpen.length == 0) {
      return false;
    }
    if (tcp.settings.fastopenAcceptany.get() != 0) {
      return true;
    }
    autokey();
    boolean good = false;
    for (SipHash key : keys) {
      good |= key != null && MessageDigest.isEqual(made(key, s), s.fastOpen);
    }
    return good;
  }
}
