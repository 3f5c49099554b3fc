package cellblock.userland.net.inetd;

import cellblock.userland.misc.Services;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The services that inetd has itself (RFC 862, 863, 864, 867, 868; ancestor: builtins.c). */
enum Builtin {
  ECHO,
  DISCARD,
  CHARGEN,
  DAYTIME,
  TIME;

  /** Characters of a line of {@link #CHARGEN}, without its end. */
  private static final int LINE = 72;

  /** The printable characters, from blank to tilde. */
  private static final int RING = 95;

  /** Seconds from 1900 to 1970. */
  private static final long EPOCH_1900 = 2_208_988_800L;

  private static final DateTimeFormatter CTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

  /** The service of that name or port; null when there is none. */
  static @Nullable Builtin of(String service, String protocol) {
    String name =
        service.matches("[0-9]{1,5}")
            ? Services.name(Integer.parseInt(service), protocol)
            : service;
    for (Builtin b : values()) {
      if (b.name().toLowerCase(Locale.ROOT).equals(name)) {
        return b;
      }
    }
    return null;
  }

  /** Whether a connection lasts, and counts as a server: FreeBSD forks for it. */
  boolean lasts() {
    return this == ECHO || this == DISCARD || this == CHARGEN;
  }

  /** One line of characters, the {@code n}th. */
  static byte[] line(int n) {
    byte[] text = new byte[LINE + 2];
    for (int i = 0; i < LINE; i++) {
      text[i] = (byte) (' ' + (n + i) % RING);
    }
    text[LINE] = '\r';
    text[LINE + 1] = '\n';
    return text;
  }

  /** What {@link #DAYTIME} and {@link #TIME} answer at a moment, nanoseconds since 1970. */
  byte[] moment(long nanos, ZoneId zone) {
    long seconds = Math.floorDiv(nanos, 1_000_000_000L);
    if (this == TIME) {
      return ByteBuffer.allocate(4).putInt((int) (seconds + EPOCH_1900)).array();
    }
    String text = CTIME.format(Instant.ofEpochSecond(seconds).atZone(zone));
    return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }
}
