package cellblock.packetdrill;

import cellblock.wire.BigEndian;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.TcpHeader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The digest of a segment by RFC 2385. */
final class Signature {
  private Signature() {}

  /**
   * @param packet with its IP header at 0
   * @param at where the TCP header begins
   * @param length of header and data
   */
  static byte[] of(byte[] packet, boolean six, int at, int length, String secret) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      byte[] tail = new byte[six ? 8 : 4];
      if (six) {
        md5.update(packet, 8, 32);
        BigEndian.put32(tail, 0, length);
        tail[7] = IpProtocol.TCP;
      } else {
        md5.update(packet, Ip4Header.LENGTH - 8, 8);
        tail[1] = IpProtocol.TCP;
        BigEndian.put16(tail, 2, length);
      }
      md5.update(tail);
      byte[] header = Arrays.copyOfRange(packet, at, at + TcpHeader.LENGTH);
      TcpHeader.putChecksum(header, 0, 0);
      md5.update(header);
      int data = TcpHeader.headerLength(packet, at);
      md5.update(packet, at + data, length - data);
      md5.update(secret.getBytes(StandardCharsets.UTF_8));
      return md5.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
