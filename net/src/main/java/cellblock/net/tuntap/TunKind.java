package cellblock.net.tuntap;

/** The three names under which the driver goes (ancestor: tuntap_drivers). */
public enum TunKind {
  /** IP packets. */
  TUN("tun"),
  /** Ethernet frames. */
  TAP("tap"),
  /** Ethernet frames; addresses stay when the device is closed. */
  VMNET("vmnet");

  private final String type;

  TunKind(String type) {
    this.type = type;
  }

  /** The name of cloner and device. */
  public String type() {
    return type;
  }

  /** Whether frames cross, not packets (TUN_L2). */
  public boolean ether() {
    return this != TUN;
  }
}
