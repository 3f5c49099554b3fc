/** Interfaces and cloners, Ethernet, neighbours, routes, the soft drivers. */
module cellblock.net {
  requires transitive cellblock.kern;
  requires transitive cellblock.wire;
  requires static org.jspecify;

  exports cellblock.net;
  exports cellblock.net.bpf;
  exports cellblock.net.bridge;
  exports cellblock.net.epair;
  exports cellblock.net.ether;
  exports cellblock.net.ifnet;
  exports cellblock.net.loop;
  exports cellblock.net.netisr;
  exports cellblock.net.pfil;
  exports cellblock.net.route;
  exports cellblock.net.tuntap;
}
