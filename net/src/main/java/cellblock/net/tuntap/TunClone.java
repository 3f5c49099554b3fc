package cellblock.net.tuntap;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.IfUnits;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.util.Map;

/**
 * The types "tun", "tap" and "vmnet" (ancestor: tun_clone_create, tuncreate, tun_destroy). Units
 * count over all vnets, as devices do.
 */
record TunClone(TunKind kind) implements CloneOps {
  /** TUNMTU. */
  private static final int MTU = 1500;

  @Override
  public IfUnits machineUnits(Machine machine) {
    return TunTapModule.units(kind).of(machine);
  }

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
      throws ErrnoException {
    Vnet vnet = cloner.vnet();
    TunDevice device = new TunDevice(kind, unit);
    Ifnet ifp = kind.ether() ? tap(vnet, name, device) : tun(vnet, name, device);
    device.join(ifp);
    cloner.adopt(ifp);
    Interfaces.of(vnet).attach(ifp);
    TunTapModule.DEVICES.of(vnet.machine()).put(device.name(), device);
    return ifp;
  }

  private static Ifnet tap(Vnet vnet, String name, TunDevice device) {
    Ifnet ifp = Ethernet.allocate(vnet, name, device, Ethernet.generate(vnet));
    ifp.facts().capabilities(IfCap.LINKSTATE, IfCap.LINKSTATE);
    return ifp;
  }

  private static Ifnet tun(Vnet vnet, String name, TunDevice device) {
    Ifnet ifp = Ifnet.allocate(vnet, IfType.PPP, name, device, TunLink.V_TUN::of);
    ifp.facts()
        .flags(IfFlags.POINTOPOINT | IfFlags.MULTICAST)
        .mtu(MTU)
        .capabilities(IfCap.LINKSTATE, IfCap.LINKSTATE);
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((TunDevice) ifp.driver()).unit();
  }

  @Override
  public void destroyed(Ifnet ifp) {
    TunDevice device = (TunDevice) ifp.driver();
    TunTapModule.DEVICES.of(ifp.home().machine()).remove(device.name());
    device.destroyed(ifp.home());
  }
}
