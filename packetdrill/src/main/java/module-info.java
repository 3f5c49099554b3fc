/** Runs packetdrill scripts against a vnet in virtual time. */
module cellblock.packetdrill {
  requires cellblock.wire;
  requires cellblock.control;
  requires cellblock.kern;
  requires cellblock.net;
  requires cellblock.inet;
  requires cellblock.sim;
  requires cellblock.host;
  requires cellblock.daemon;
  requires static org.jspecify;

  exports cellblock.packetdrill;
}
