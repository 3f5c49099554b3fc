/** Interfaces and cloners, Ethernet, neighbours, routes, the soft drivers. */
module cellblock.net {
  requires transitive cellblock.kern;
  requires static org.jspecify;
}
