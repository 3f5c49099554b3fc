/** The tools: parse, ask, print. */
module cellblock.userland {
  requires static org.jspecify;
  requires transitive cellblock.control;

  exports cellblock.userland;
}
