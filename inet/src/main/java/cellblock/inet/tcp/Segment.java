package cellblock.inet.tcp;

import cellblock.kern.mbuf.Mbuf;
import cellblock.wire.TcpHeader;
import cellblock.wire.TcpOptions;

/**
 * The segment in hand, taken apart; one object a vnet, filled anew for each (struct tcphdr, struct
 * tcpopt). Addresses are left-aligned keys. Threading: the vnet's lane.
 */
final class Segment {
  private static final int MAX_SACK = 4;

  /** The internet layer that it came by. */
  TcpDomain domain;

  long fromHi;
  long fromLo;
  long toHi;
  long toLo;
  int fromPort;
  int toPort;
  int tos;
  int ttl;

  /** SEG.SEQ. */
  int seq;

  /** SEG.ACK. */
  int ack;

  int flags;

  /** SEG.WND, as it stands in the header. */
  int windowField;

  /** SEG.UP. */
  int up;

  /** The port of the UDP datagram that it came in, or 0. */
  int udpPort;

  byte[] buf = {};
  int headerAt;
  int dataOff;
  int dataLen;

  int mss;
  int wscale;
  boolean sackPermitted;
  boolean hasTs;
  int tsVal;
  int tsEcr;
  boolean hasFastOpen;
  byte[] fastOpen = FastOpen.WISH;
  int sacks;

  /** Where the digest of RFC 2385 is; -1 = there is none. */
  int signatureAt;

  final int[] sackLeft = new int[MAX_SACK];
  final int[] sackRight = new int[MAX_SACK];

  Segment(TcpDomain domain) {
    this.domain = domain;
  }

  /** Fills in what the TCP header at {@code at} says; its length was checked. */
  void read(Mbuf m, int at, int length) {
    byte[] b = m.buf;
    int header = TcpHeader.headerLength(b, at);
    buf = b;
    headerAt = at;
    fromPort = TcpHeader.sourcePort(b, at);
    toPort = TcpHeader.destinationPort(b, at);
    seq = TcpHeader.sequence(b, at);
    ack = TcpHeader.acknowledgment(b, at);
    flags = TcpHeader.flags(b, at);
    windowField = TcpHeader.window(b, at);
    up = TcpHeader.urgent(b, at);
    dataOff = at + header;
    dataLen = length - header;
    options(b, at + TcpHeader.LENGTH, at + header);
  }

  private void options(byte[] b, int from, int end) {
    mss = 0;
    wscale = -1;
    sackPermitted = false;
    hasTs = false;
    tsVal = 0;
    tsEcr = 0;
    hasFastOpen = false;
    fastOpen = FastOpen.WISH;
    sacks = 0;
    signatureAt = -1;
    int len;
    for (int at = from; at < end && b[at] != TcpOptions.EOL; at += len) {
      len = TcpOptions.length(b, at, end);
      if (len < 0) {
        return;
      }
      option(b, at, b[at], len);
    }
  }

  private void option(byte[] b, int at, int kind, int len) {
    boolean syn = has(TcpHeader.SYN);
    switch (kind) {
      case TcpOptions.MSS -> {
        if (len == 4 && syn) {
          mss = (b[at + 2] & 0xff) << 8 | b[at + 3] & 0xff;
        }
      }
      case TcpOptions.WINDOW_SCALE -> {
        if (len == 3 && syn) {
          wscale = Math.min(b[at + 2] & 0xff, 14);
        }
      }
      case TcpOptions.SIGNATURE -> {
        if (len == 2 + Signatures.LENGTH) {
          signatureAt = at + 2;
        }
      }
      case TcpOptions.SACK_PERMITTED -> sackPermitted |= len == 2 && syn;
      case TcpOptions.TIMESTAMP -> {
        if (len == 10) {
          hasTs = true;
          tsVal = word(b, at + 2);
          tsEcr = word(b, at + 6);
        }
      }
      case TcpOptions.SACK -> {
        if (!syn && len > 2 && (len - 2) % 8 == 0) {
          for (int i = at + 2; i < at + len && sacks < MAX_SACK; i += 8) {
            sackLeft[sacks] = word(b, i);
            sackRight[sacks++] = word(b, i + 4);
          }
        }
      }
      case TcpOptions.FAST_OPEN -> {
        if (syn) {
          hasFastOpen = true;
          fastOpen = java.util.Arrays.copyOfRange(b, at + 2, at + len);
        }
      }
      default -> {}
    }
  }

  private static int word(byte[] b, int at) {
    return b[at] << 24 | (b[at + 1] & 0xff) << 16 | (b[at + 2] & 0xff) << 8 | b[at + 3] & 0xff;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  void clear(int flag) {
    flags &= ~flag;
  }

  /** SEG.LEN: data, SYN and FIN. */
  int length() {
    return dataLen + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
  }

  /** Cuts bytes off the front. */
  void trimFront(int bytes) {
    seq += bytes;
    dataOff += bytes;
    dataLen -= bytes;
    if (up > bytes) {
      up -= bytes;
    } else {
      up = 0;
    }
  }
}
