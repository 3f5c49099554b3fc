/** Bytes to headers and back; depends on nothing. */
module cellblock.wire {
  requires static org.jspecify;

  exports cellblock.wire;
}
