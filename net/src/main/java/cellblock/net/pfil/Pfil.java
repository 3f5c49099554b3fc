package cellblock.net.pfil;

import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import java.util.List;

/** The heads of one vnet (ancestor: V_pfil_head_list of net/pfil.c). Threading: the lane. */
public final class Pfil {
  public static final VnetVariable<Pfil> V_PFIL = VnetVariable.define("pfil", Pfil::new);

  private final PfilHead inet;
  private final PfilHead inet6;
  private final PfilHead ethernet;

  Pfil(Vnet vnet) {
    inet = new PfilHead(vnet, "inet");
    inet6 = new PfilHead(vnet, "inet6");
    ethernet = new PfilHead(vnet, "ethernet");
  }

  public static Pfil of(Vnet vnet) {
    return V_PFIL.of(vnet);
  }

  /** IPv4 packets. */
  public PfilHead inet() {
    return inet;
  }

  /** IPv6 packets. */
  public PfilHead inet6() {
    return inet6;
  }

  /** Ethernet frames. */
  public PfilHead ethernet() {
    return ethernet;
  }

  /** All heads. */
  public List<PfilHead> heads() {
    return List.of(inet, inet6, ethernet);
  }
}
