/** The composition root: a kernel is an ordered module list, vnet0 and prison0. */
module cellblock.host {
  requires transitive cellblock.kern;
  requires transitive cellblock.net;
  requires transitive cellblock.inet;
  requires transitive cellblock.control;
  requires static org.jspecify;
}
