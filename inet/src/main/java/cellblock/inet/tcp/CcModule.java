package cellblock.inet.tcp;

import cellblock.kern.Machine;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleEvent;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import java.util.function.Supplier;

/**
 * A module that brings an algorithm of congestion control (ancestor: DECLARE_CC_MODULE, cc_modevent
 * of netinet/cc/cc.c). It is not unloaded, by force neither, while a connection uses it or a vnet
 * begins connections with it.
 */
public class CcModule implements KernelModule {
  private final String module;
  private final String algorithm;
  private final Supplier<CongestionControl> maker;

  /**
   * @param module its name, "cc_newreno"
   * @param algorithm what connections call it, "newreno"
   * @param maker makes one for a connection
   */
  protected CcModule(String module, String algorithm, Supplier<CongestionControl> maker) {
    this.module = module;
    this.algorithm = algorithm;
    this.maker = maker;
  }

  /** cc_newreno. */
  public static CcModule newReno() {
    return new CcModule("cc_newreno", "newreno", NewReno::new);
  }

  /** cc_cubic. */
  public static CcModule cubic() {
    return new CcModule("cc_cubic", "cubic", Cubic::new);
  }

  /** cc_htcp. */
  public static CcModule htcp() {
    return new CcModule("cc_htcp", "htcp", Htcp::new);
  }

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of(module, 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void event(ModuleEvent event, Machine machine) throws ErrnoException {
    if (event == ModuleEvent.UNLOAD && !ModuleList.CC_LIST.of(machine).sealUnheld(algorithm)) {
      throw new ErrnoException(Errno.EBUSY);
    }
  }

  @Override
  public void declare(Declarations d) {
    d.sysinit(
        Subsystem.PROTO_BEGIN,
        Order.ANY,
        module,
        m -> ModuleList.CC_LIST.of(m).register(algorithm, maker));
    d.sysuninit(
        Subsystem.PROTO_BEGIN, Order.ANY, module, m -> ModuleList.CC_LIST.of(m).remove(algorithm));
  }
}
