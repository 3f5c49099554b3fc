package cellblock.inet.tcp;

/** What a step of segment arrival decided: the value that {@code TcpInput} acts on. */
enum Step {
  /** The next step looks at the segment. */
  NEXT,
  /** The segment is done with; a segment is sent if the connection owes one. */
  DONE,
  /** Not acceptable: dropped, nothing is sent. */
  DROP,
  /** Not acceptable: dropped, and answered by an acknowledgment. */
  ACK_DROP,
  /** Not acceptable: dropped, and answered by an acknowledgment if the limit allows (RFC 5961). */
  CHALLENGE,
  /** Dropped, and answered by a reset. */
  RESET_DROP
}
