/** The internet protocols and their sockets. */
module cellblock.inet {
  requires transitive cellblock.kern;
  requires transitive cellblock.net;
  requires transitive cellblock.wire;
  requires static org.jspecify;

  exports cellblock.inet;
  exports cellblock.inet.arp;
  exports cellblock.inet.icmp;
  exports cellblock.inet.igmp;
  exports cellblock.inet.icmp6;
  exports cellblock.inet.ip;
  exports cellblock.inet.ip6;
  exports cellblock.inet.mcast;
  exports cellblock.inet.mld;
  exports cellblock.inet.nd6;
  exports cellblock.inet.pcb;
  exports cellblock.inet.raw;
  exports cellblock.inet.socket;
  exports cellblock.inet.tcp;
  exports cellblock.inet.udp;
}
