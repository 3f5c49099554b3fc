/** The internet protocols and their sockets. */
module cellblock.inet {
  requires transitive cellblock.kern;
  requires transitive cellblock.net;
  requires static org.jspecify;
}
