package cellblock.tap;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.DeviceOps;
import cellblock.net.ifnet.IfCap;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfUnits;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.MacAddress;
import java.util.Map;

/**
 * The type "host": {@code ifconfig host0 create hostdev tap0}. Units count over all vnets, as those
 * of cards do. Only the host's own vnet may make one: a jail gets it as it gets a card, by {@code
 * ifconfig host0 vnet J}.
 */
final class HostClone implements DeviceOps<HostDevice> {
  /** The word for the host's device. */
  private static final String HOSTDEV = "hostdev";

  private static final int NAME_MAX = 15;

  /** 58:9c:fc:…, FreeBSD's own for made-up interfaces. */
  private static final long VENDOR = 0x58_9c_fc_00_00_00L;

  @Override
  public IfUnits machineUnits(Machine machine) {
    return HostModule.HOST_UNITS.of(machine);
  }

  @Override
  public HostDevice open(IfCloner cloner, Map<String, String> params) throws ErrnoException {
    Vnet vnet = cloner.vnet();
    Machine machine = vnet.machine();
    if (vnet != machine.vnet0()) {
      throw new ErrnoException(Errno.EPERM);
    }
    String wanted = params.getOrDefault(HOSTDEV, "");
    try {
      if (params.size() > (params.containsKey(HOSTDEV) ? 1 : 0)
          || params.containsKey(HOSTDEV) && !possible(wanted)) {
        throw new ErrnoException(Errno.EINVAL);
      }
      return HostDevice.open(wanted);
    } catch (ErrnoException e) {
      machine.messages().log("if_host: hostdev " + wanted + ": " + e.errno().text());
      throw e;
    }
  }

  private static boolean possible(String name) {
    return !name.isEmpty()
        && name.length() <= NAME_MAX
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != ':');
  }

  @Override
  public void close(HostDevice device) {
    device.abandon();
  }

  @Override
  public Ifnet create(IfCloner cloner, String name, int unit, HostDevice device)
      throws ErrnoException {
    Vnet vnet = cloner.vnet();
    HostNic nic = new HostNic(unit, device);
    long key = HostModule.HOST_KEY.of(vnet.machine());
    Ifnet ifp = Ethernet.allocate(vnet, name, nic, VENDOR | (key + unit * 0x7f4bL) & 0xf_ffff);
    ifp.facts()
        .baudrate(10_000_000_000L)
        .capabilities(IfCap.VLAN_MTU | IfCap.LINKSTATE, IfCap.VLAN_MTU | IfCap.LINKSTATE);
    cloner.adopt(ifp);
    Interfaces.of(vnet).attach(ifp);
    nic.start(ifp);
    vnet.machine().messages().log(ifp + ": Ethernet address: " + MacAddress.toString(ifp.lladdr()));
    return ifp;
  }

  @Override
  public int unit(Ifnet ifp) {
    return ((HostNic) ifp.driver()).unit();
  }

  @Override
  public void destroyed(Ifnet ifp) {
    ((HostNic) ifp.driver()).device().close();
  }

  @Override
  public boolean closed(Ifnet ifp) {
    return ((HostNic) ifp.driver()).device().closed();
  }
}
