package cellblock.inet.socket;

/** Kinds of socket (ancestor: SOCK_* of sys/socket.h). */
public enum SocketType {
  STREAM(1),
  DGRAM(2),
  RAW(3);

  private final int number;

  SocketType(int number) {
    this.number = number;
  }

  /** FreeBSD's number. */
  public int number() {
    return number;
  }
}
