package cellblock.kern.vnet;

/** SI_SUB_* of sys/kernel.h: where a constructor stands among the others. Larger runs later. */
public final class Subsystem {
  public static final int VNET_PRELINK = 0x1E00000;
  public static final int KLD = 0x2000000;
  public static final int VNET = 0x21E0000;
  public static final int TASKQ = 0x2880000;
  public static final int EPOCH = 0x2888000;
  public static final int INIT_IF = 0x3000000;
  public static final int NETGRAPH = 0x3010000;
  public static final int DRIVERS = 0x3100000;
  public static final int CONFIGURE = 0x3800000;
  public static final int PSEUDO = 0x7000000;
  public static final int PROTO_BEGIN = 0x8000000;
  public static final int PROTO_PFIL = 0x8100000;
  public static final int PROTO_IF = 0x8400000;
  public static final int PROTO_DOMAININIT = 0x8600000;
  public static final int PROTO_MC = 0x8700000;
  public static final int PROTO_DOMAIN = 0x8800000;
  public static final int PROTO_FIREWALL = 0x8806000;
  public static final int PROTO_IFATTACHDOMAIN = 0x8808000;
  public static final int PROTO_END = 0x8ffffff;
  public static final int VNET_DONE = 0xdc00000;

  private Subsystem() {}
}
