package cellblock.inet.tcp;

/**
 * How a connection finds its losses and what it then sends: its stack (ancestor: struct
 * tcp_function_block, netinet/tcp_var.h; chosen by TCP_FUNCTION_BLK). One object a connection.
 * Threading: turns of the vnet's lane.
 */
interface TcpStack {
  String name();

  /**
   * An acceptable acknowledgment was taken in: variables and scoreboard say what is known.
   *
   * @param acked bytes that SND.UNA advanced by
   * @param news bytes that SACK told of for the first time
   * @param delivered bytes that are known to have arrived since the last one
   * @param duplicate whether it is a duplicate as RFC 5681 means it
   */
  void acked(Segment s, int acked, int news, int delivered, boolean duplicate);

  /** [from, to) left, for the first time or again. */
  void sent(int from, int to, boolean again);

  /** The retransmission timer ran out; all is sent again. */
  void timeout();

  /** Bytes thought to be under way. */
  int pipe();

  /** Whether something that was lost is to go again now; {@link #from}, {@link #length}. */
  boolean next(int most);

  int from();

  int length();

  /** Whether the next piece that was lost goes whatever the window says. */
  boolean urgent();

  /** The connection is no more: no timers. */
  void stop();
}
