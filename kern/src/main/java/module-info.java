/** What every subsystem needs and no packet sees. */
module cellblock.kern {
  requires static org.jspecify;

  exports cellblock.kern;
  exports cellblock.kern.drop;
  exports cellblock.kern.epoch;
  exports cellblock.kern.errno;
  exports cellblock.kern.jail;
  exports cellblock.kern.lane;
  exports cellblock.kern.ledger;
  exports cellblock.kern.mbuf;
  exports cellblock.kern.memguard;
  exports cellblock.kern.module;
  exports cellblock.kern.plan;
  exports cellblock.kern.proc;
  exports cellblock.kern.saga;
  exports cellblock.kern.sysctl;
  exports cellblock.kern.time;
  exports cellblock.kern.vnet;
}
