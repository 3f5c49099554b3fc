package cellblock.net.ether;

import cellblock.kern.MachineVariable;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.Ledger;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.IfRegistration;
import cellblock.net.ifnet.IfType;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.net.ifnet.LinkLayer;
import cellblock.net.netisr.Netisr;
import cellblock.net.pfil.Pfil;
import cellblock.wire.EtherHeader;
import cellblock.wire.Family;
import org.jspecify.annotations.Nullable;

/**
 * Ethernet of one vnet: the link layer of every interface of type IFT_ETHER in it (ancestor:
 * net/if_ethersubr.c, ether_ifattach). Threading: the lane.
 */
public final class Ethernet implements LinkLayer {
  public static final VnetVariable<Ethernet> V_ETHER = VnetVariable.define("ether", Ethernet::new);

  /** The addresses that a machine makes up. */
  public static final MachineVariable<GeneratedAddresses> GENERATED =
      MachineVariable.define(
          "ether_gen_addr", m -> new GeneratedAddresses(m.splitRandom().nextLong()));

  private final Vnet vnet;
  private final EtherOutput output;
  private final EtherInput input;

  Ethernet(Vnet vnet) {
    this.vnet = vnet;
    Pfil pfil = Pfil.of(vnet);
    Netisr netisr = Netisr.of(vnet);
    this.output = new EtherOutput(vnet, pfil.ethernet(), netisr);
    this.input = new EtherInput(vnet, pfil.ethernet(), netisr);
  }

  public static Ethernet of(Vnet vnet) {
    return V_ETHER.of(vnet);
  }

  /** An Ethernet interface with its usual facts, to be attached by {@link Interfaces#attach}. */
  public static Ifnet allocate(Vnet vnet, String name, IfDriver driver, long lladdr) {
    return allocate(vnet, IfType.ETHER, name, driver, lladdr);
  }

  /** The same of another type that passes frames: a bridge. */
  public static Ifnet allocate(Vnet vnet, int type, String name, IfDriver driver, long lladdr) {
    Ifnet ifp = Ifnet.allocate(vnet, type, name, driver, V_ETHER::of);
    ifp.facts()
        .flags(IfFlags.BROADCAST | IfFlags.SIMPLEX | IfFlags.MULTICAST)
        .mtu(EtherHeader.MTU)
        .link(EtherHeader.LENGTH, 6)
        .baudrate(10_000_000)
        .lladdr(lladdr);
    return ifp;
  }

  /**
   * An address for an interface without hardware, FreeBSD's 58:9c:fc:10:… (ether_gen_addr): no two
   * alike in a machine, the same in each run of a seed.
   */
  public static long generate(Vnet vnet) {
    return GENERATED.of(vnet.machine()).next();
  }

  /** Registers a family's resolver; one each. */
  public IfRegistration resolver(Resolver r) {
    if (output.resolver(r.family()) != null) {
      throw new IllegalStateException("resolver of " + r.family() + " is taken");
    }
    output.resolver(r.family(), r);
    Ledger.Entry entry = vnet.ledger().enter(LedgerKind.PROTOCOL, r, null);
    return () -> {
      output.resolver(r.family(), null);
      entry.leave();
    };
  }

  /**
   * Sends {@code m}, which starts at its payload, as one frame: for ARP itself, and for what a
   * resolver has parked. Takes {@code m}.
   */
  public @Nullable Errno send(Ifnet ifp, Mbuf m, long destination, int etherType) {
    return output.send(ifp, m, destination, etherType);
  }

  @Override
  public @Nullable Errno output(Ifnet ifp, Mbuf m, Family family, long hi, long lo) {
    return output.output(ifp, m, family, hi, lo);
  }

  @Override
  public void input(Ifnet ifp, Mbuf m) {
    input.input(ifp, m);
  }

  /** ether_ioctl's rule for SIOCSIFMTU of a plain Ethernet driver: at most 1500. */
  public static void checkMtu(int mtu) throws ErrnoException {
    if (mtu > EtherHeader.MTU) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }
}
