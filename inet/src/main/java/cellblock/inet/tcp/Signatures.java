package cellblock.inet.tcp;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.BigEndian;
import cellblock.wire.IpAddress;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * TCP's MD5 option (RFC 2385): the keys of pairs of addresses, and digests of segments (ancestor:
 * netipsec/xform_tcp.c, the SADB of netipsec/key.c). Threading: turns of the vnet's lane.
 */
final class Signatures {
  /** Bytes of a digest. */
  static final int LENGTH = 16;

  private record Pair(boolean six, long fromHi, long fromLo, long toHi, long toLo) {
    static Pair of(IpAddress from, IpAddress to) {
      return new Pair(from.width() > 32, from.hi(), from.lo(), to.hi(), to.lo());
    }
  }

  private final Map<Pair, SignatureKey> keys = new LinkedHashMap<>(2);
  private final byte[] scratch = new byte[40];
  private @Nullable MessageDigest md5;

  /** setkey add; EEXIST when the pair has a key. */
  void add(SignatureKey key) throws ErrnoException {
    Pair pair = Pair.of(key.from(), key.to());
    if (key.from().width() != key.to().width() || key.key().length == 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (keys.containsKey(pair)) {
      throw new ErrnoException(Errno.EEXIST);
    }
    keys.put(pair, key);
  }

  /** setkey delete; ESRCH when there is none. */
  void delete(IpAddress from, IpAddress to, int spi) throws ErrnoException {
    SignatureKey known = keys.get(Pair.of(from, to));
    if (known == null || known.spi() != spi) {
      throw new ErrnoException(Errno.ESRCH);
    }
    keys.remove(Pair.of(from, to));
  }

  /** setkey -D. */
  List<SignatureKey> all() {
    return List.copyOf(keys.values());
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
    SignatureKey known = keys.get(new Pair(six, fromHi, fromLo, toHi, toLo));
    return known == null ? null : known.key();
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
