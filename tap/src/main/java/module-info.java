/** Interfaces joined to the host's network through TAP devices: the native access of the stack. */
module cellblock.tap {
  requires transitive cellblock.kern;
  requires transitive cellblock.net;
  requires cellblock.wire;
  requires static org.jspecify;

  exports cellblock.tap;
}
