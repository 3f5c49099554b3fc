/** Virtual clock, seeded stepper, residue check and validator. */
module cellblock.sim {
  requires transitive cellblock.kern;
  requires static org.jspecify;

  exports cellblock.sim;
}
