package cellblock.wire;

/** The two Internet address families, with FreeBSD's numbers and names. */
public enum Family {
  /** IPv4: AF_INET. */
  INET(2, 32, "inet", EtherHeader.TYPE_IP),
  /** IPv6: AF_INET6. */
  INET6(28, 128, "inet6", EtherHeader.TYPE_IPV6);

  private final int number;
  private final int width;
  private final String text;
  private final int etherType;

  Family(int number, int width, String text, int etherType) {
    this.number = number;
    this.width = width;
    this.text = text;
    this.etherType = etherType;
  }

  /** FreeBSD's AF_ constant: 2 or 28. */
  public int number() {
    return number;
  }

  /** Bits in an address: 32 or 128. */
  public int width() {
    return width;
  }

  /** Bytes in an address: 4 or 16. */
  public int bytes() {
    return width / 8;
  }

  /** The Ethernet type that carries it. */
  public int etherType() {
    return etherType;
  }

  /** {@code inet} or {@code inet6}, as ifconfig prints it. */
  @Override
  public String toString() {
    return text;
  }
}
