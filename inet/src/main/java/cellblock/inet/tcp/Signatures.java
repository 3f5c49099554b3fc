package cellblock.inet.tcp;

import cellblock.wire.BigEndian;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TCP's MD5 option (RFC 2385): the keys of pairs of addresses, and digests of segments (ancestor:
 * netipsec/xform_tcp.c, the SADB of netipsec/key.c). Threading: turns of the vnet's lane.
 */
final class Signatures {
  /** Bytes of a digest. */
  static final int LENGTH = 16;

  private record Pair(boolean six, long fromHi, long fromLo, long toHi, long toLo) {}

  private final Map<Pair, byte[]> keys = new LinkedHashMap<>(2);
  private final byte[] scratch = new byte[40];
  private @Nullable MessageDigest md5;

  /** setkey add: segments from one address to another are signed with {@code key}. */
  void key(IpAddress from, IpAddress to, byte[] key) {
    Pair pair = new Pair(from.width() > 32, from.hi(), from.lo(), to.hi(), to.lo());
    keys.put(pair, key.clone());
  }

  /** setkey -F. */
  void flush() {
    keys.clear();
  }

  /** Whether segments of that peer must be signed. */
  boolean has(Segment s) {
    return !keys.isEmpty() && key(s.domain, s.fromHi, s.fromLo, s.toHi, s.toLo) != null;
  }

  private byte @Nullable [] key(TcpDomain domain, long fromHi, long fromLo, long toHi, long toLo) {
    boolean six = domain.version() == Tcb.INET6;
    return keys.get(new Pair(six, fromHi, fromLo, toHi, toLo));
  }

  /**
   * Puts the digest of a segment at {@code where}; false when there is no key.
   *
   * @param at where the TCP header begins, its checksum zero
   * @param length of header and data
   */
  boolean sign(
      TcpDomain domain,
      byte[] b,
      int at,
      int length,
      int where,
      long fromHi,
      long fromLo,
      long toHi,
      long toLo) {
    byte[] key = key(domain, fromHi, fromLo, toHi, toLo);
    if (key == null) {
      return false;
    }
    byte[] digest = digest(domain, b, at, length, key, fromHi, fromLo, toHi, toLo);
    System.arraycopy(digest, 0, b, where, LENGTH);
    return true;
  }

  /** Whether the segment in hand has a digest, and the right one. */
  boolean verifies(Segment s) {
    byte[] key = key(s.domain, s.fromHi, s.fromLo, s.toHi, s.toLo);
    if (key == null || s.signatureAt < 0) {
      return false;
    }
    int length = s.dataOff - s.headerAt + s.dataLen;
    byte[] digest =
        digest(s.domain, s.buf, s.headerAt, length, key, s.fromHi, s.fromLo, s.toHi, s.toLo);
    int differences = 0;
    for (int i = 0; i < LENGTH; i++) {
      differences |= digest[i] ^ s.buf[s.signatureAt + i];
    }
    return differences == 0;
  }

  private byte[] digest(
      TcpDomain domain,
      byte[] b,
      int at,
      int length,
      byte[] key,
      long fromHi,
      long fromLo,
      long toHi,
      long toLo) {
    MessageDigest d = md5();
    if (domain.version() == Tcb.INET6) {
      BigEndian.put64(scratch, 0, fromHi);
      BigEndian.put64(scratch, 8, fromLo);
      BigEndian.put64(scratch, 16, toHi);
      BigEndian.put64(scratch, 24, toLo);
      BigEndian.put32(scratch, 32, length);
      BigEndian.put32(scratch, 36, IpProtocol.TCP);
      d.update(scratch, 0, 40);
    } else {
      BigEndian.put32(scratch, 0, (int) (fromHi >>> 32));
      BigEndian.put32(scratch, 4, (int) (toHi >>> 32));
      BigEndian.put16(scratch, 8, IpProtocol.TCP);
      BigEndian.put16(scratch, 10, length);
      d.update(scratch, 0, 12);
    }
    System.arraycopy(b, at, scratch, 0, TcpHeader.LENGTH);
    TcpHeader.putChecksum(scratch, 0, 0);
    d.update(scratch, 0, TcpHeader.LENGTH);
    int header = TcpHeader.headerLength(b, at);
    d.update(b, at + header, length - header);
    return d.digest(key);
  }

  private MessageDigest md5() {
    MessageDigest d = md5;
    try {
      if (d == null) {
        d = MessageDigest.getInstance("MD5");
        md5 = d;
      }
      return d;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
