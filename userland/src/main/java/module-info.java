/** The tools: parse, ask, print. */
module cellblock.userland {
  requires static org.jspecify;
  requires transitive cellblock.control;
  requires cellblock.wire;

  exports cellblock.userland;
}
