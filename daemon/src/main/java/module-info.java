/** A kernel behind a control socket. */
module cellblock.daemon {
  requires static org.jspecify;
  requires transitive cellblock.host;
  requires transitive cellblock.control;
  requires transitive cellblock.userland;
  requires cellblock.sim;
  requires jdk.net;

  exports cellblock.daemon;

  uses cellblock.daemon.Door.Maker;

  provides cellblock.daemon.Door.Maker with
      cellblock.daemon.KernelDoor.Maker;
}
