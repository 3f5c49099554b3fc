/** Interfaces and cloners, Ethernet, neighbours, routes, the soft drivers. */
module cellblock.net {
  requires static org.jspecify;
}
