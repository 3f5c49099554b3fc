package cellblock.net.epair;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfUnits;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.MacAddress;
import java.util.List;
import java.util.Map;

/**
 * The type "epair" (ancestor: epair_clone_create, epair_clone_destroy of net/if_epair.c). Units
 * count over all vnets, so an end keeps its name wherever it goes.
 */
public final class EpairClone implements CloneOps {
  @Override
  public List<String> names(String name) {
    return List.of(name + "a", name + "b");
  }

  @Override
  public IfUnits machineUnits(Machine machine) {
    return EpairModule.EPAIR_UNITS.of(machine);
  }

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Vnet vnet = cloner.vnet();
    long key = EpairModule.EPAIR_KEY.of(vnet.machine());
    Epair pair = new Epair(unit, (letter, end) -> end(cloner, name + letter, end, key, unit));
    Interfaces here = Interfaces.of(vnet);
    for (Ifnet end : pair.ends()) {
      here.attach(end);
      vnet.machine()
          .messages()
          .log(end + ": Ethernet address: " + MacAddress.toString(end.lladdr()));
    }
    return pair.a();
  }

  private static Ifnet end(IfCloner cloner, String name, EpairEnd end, long key, int unit) {
    Ifnet ifp = Ethernet.allocate(cloner.vnet(), name, end, mac(key, unit, name.endsWith("a")));
    ifp.facts().baudrate(10_000_000_000L).capabilities(EpairEnd.CAPABILITIES, IfCap.VLAN_MTU);
    cloner.adopt(ifp);
    return ifp;
  }

  /**
   * 02:xx:xx:xx:xx:0a or :0b, the middle a permutation of the unit by the machine's key: stable for
   * a seed, never the same for two units.
   */
  static long mac(long key, int unit, boolean first) {
    int x = unit ^ (int) key;
    x *= (int) (key >>> 32) | 1;
    x ^= x >>> 16;
    x *= 0x85ebca6b;
    x ^= x >>> 13;
    return 0x02L << 40 | (x & 0xffff_ffffL) << 8 | (first ? 0x0a : 0x0b);
  }

  @Override
  public List<Ifnet> together(Ifnet ifp) {
    return ((EpairEnd) ifp.driver()).pair().ends();
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((EpairEnd) ifp.driver()).pair().unit();
  }
}
