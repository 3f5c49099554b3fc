/** The internet protocols and their sockets. */
module cellblock.inet {
  requires static org.jspecify;
  requires transitive cellblock.net;
}
