/** Interfaces that call IP output and cache nexthops: gif, gre, vxlan, wg. */
module cellblock.tunnel {
  requires transitive cellblock.inet;
  requires transitive cellblock.kern;
  requires transitive cellblock.net;
  requires transitive cellblock.wire;
  requires static org.jspecify;

  exports cellblock.tunnel;
  exports cellblock.tunnel.gif;
  exports cellblock.tunnel.gre;
  exports cellblock.tunnel.vxlan;
  exports cellblock.tunnel.wg;
}
