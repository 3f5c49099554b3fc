package cellblock.userland.net.wg;

import cellblock.wire.WgKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A peer in a change or in an answer (ancestor: struct wgpeer of containers.h). One thread. */
final class WgPeer {
  @Nullable WgKey key;
  @Nullable WgKey psk;
  @Nullable String endpoint;

  /** "10.0.0.0/24". */
  final List<String> allowed = new ArrayList<>();

  /** Seconds, 0 = off, -1 = as it is. */
  int keepalive = -1;

  boolean remove;
  boolean replaceAllowed;
  long handshakeSeconds;
  long handshakeNanos;
  long received;
  long sent;

  /** Whether it has a preshared key. */
  boolean hasPsk() {
    return psk != null && !psk.isZero();
  }
}
