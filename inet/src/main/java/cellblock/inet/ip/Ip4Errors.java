package cellblock.inet.ip;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;

/** Where the rooms of IPv4 hand packets that an ICMP error is due for: icmp_error. */
public interface Ip4Errors {
  /**
   * Sends an error about {@code m} where the rules allow one, and drops {@code m} for {@code
   * reason}.
   *
   * @param word what bytes 4 to 7 of the message hold: gateway, pointer, MTU
   */
  void error(Mbuf m, int type, int code, int word, DropReason reason);
}
