package cellblock.inet.ip6;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;

/** Where the rooms of IPv6 hand packets that an ICMPv6 error is due for: icmp6_error. */
public interface Ip6Errors {
  /**
   * Sends an error about {@code m} where the rules allow one, and drops {@code m} for {@code
   * reason}.
   *
   * @param in the interface that {@code m} came by; its zone is that of link-local senders
   * @param word what bytes 4 to 7 of the message hold: MTU or pointer
   */
  void error(Mbuf m, In6Ifinfo in, int type, int code, int word, DropReason reason);
}
