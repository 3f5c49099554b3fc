/** Life-cycle races: scenarios, their exploration and replay. */
module cellblock.race {
  requires transitive cellblock.host;
  requires transitive cellblock.sim;
  requires cellblock.tunnel;
  requires static org.jspecify;

  exports cellblock.race;
}
