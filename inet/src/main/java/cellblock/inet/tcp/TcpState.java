package cellblock.inet.tcp;

/** States of a connection, in the order of netinet/tcp_fsm.h. */
public enum TcpState {
  CLOSED("CLOSED"),
  LISTEN("LISTEN"),
  SYN_SENT("SYN_SENT"),
  SYN_RECEIVED("SYN_RCVD"),
  ESTABLISHED("ESTABLISHED"),
  CLOSE_WAIT("CLOSE_WAIT"),
  FIN_WAIT_1("FIN_WAIT_1"),
  CLOSING("CLOSING"),
  LAST_ACK("LAST_ACK"),
  FIN_WAIT_2("FIN_WAIT_2"),
  TIME_WAIT("TIME_WAIT");

  private final String text;

  TcpState(String text) {
    this.text = text;
  }

  /** netstat's word. */
  public String text() {
    return text;
  }

  /** The name of RFC 9293: "SYN-RECEIVED". */
  public String rfc() {
    return name().replace('_', '-');
  }

  /** Whether the peer's SYN has come: the state is past SYN_SENT. */
  boolean haveSyn() {
    return compareTo(SYN_RECEIVED) >= 0;
  }

  boolean haveEstablished() {
    return compareTo(ESTABLISHED) >= 0;
  }

  /** Whether the peer's FIN has come. */
  boolean haveFin() {
    return switch (this) {
      case CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT -> true;
      default -> false;
    };
  }

  /** Whether our FIN is due or sent: nothing can be written any more. */
  boolean finDue() {
    return switch (this) {
      case FIN_WAIT_1, CLOSING, LAST_ACK -> true;
      default -> false;
    };
  }
}
