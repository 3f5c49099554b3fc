/** The composition root: a kernel is an ordered module list, vnet0 and prison0. */
module cellblock.host {
  requires transitive cellblock.kern;
  requires transitive cellblock.net;
  requires transitive cellblock.inet;
  requires cellblock.tunnel;
  requires cellblock.tap;
  requires transitive cellblock.control;
  requires transitive cellblock.wire;
  requires static org.jspecify;

  exports cellblock.host;
  exports cellblock.host.jail;
  exports cellblock.host.module;
  exports cellblock.host.port;
  exports cellblock.host.real;

  uses cellblock.kern.module.KernelModule;
}
