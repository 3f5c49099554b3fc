/** Virtual clock, seeded stepper, residue check and validator. */
module cellblock.sim {
  requires static org.jspecify;
}
