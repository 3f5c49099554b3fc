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
import cellblock.kern.vnet.Vnet;
import java.util.function.Function;

/**
 * tcp_rack: brings {@link RackStack} (ancestor: tcp_addrack of netinet/tcp_stacks/rack.c,
 * deregister_tcp_functions). An unload is refused while it is used; by force, connections and vnets
 * that use it go back to the stack that is part of TCP.
 */
public final class RackModule implements KernelModule {
  private static final String STACK = "rack";

  private final Function<Vnet, TcpDoor> tcp;

  /**
   * @param tcp the TCP of a vnet
   */
  public RackModule(Function<Vnet, TcpDoor> tcp) {
    this.tcp = tcp;
  }

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("tcp_rack", 1, new ModuleInfo.Dependency("inet", 1, 1, 1));
  }

  @Override
  public void event(ModuleEvent event, Machine machine) throws ErrnoException {
    switch (event) {
      case QUIESCE -> {
        if (!ModuleList.T_FUNCTIONS.of(machine).sealUnheld(STACK)) {
          throw new ErrnoException(Errno.EBUSY);
        }
      }
      case UNLOAD -> ModuleList.T_FUNCTIONS.of(machine).seal(STACK);
      default -> {
        // Nothing to prepare, nothing to stop.
      }
    }
  }

  @Override
  public void declare(Declarations d) {
    d.sysinit(
        Subsystem.PROTO_BEGIN,
        Order.ANY,
        "tcp_rack",
        m -> ModuleList.T_FUNCTIONS.of(m).register(STACK, RackStack::new));
    d.vnetShutdown(
        Subsystem.PROTO_IFATTACHDOMAIN,
        Order.ANY,
        "tcp_rack",
        v -> {
          tcp.apply(v).leaveStack(STACK);
          return null;
        });
    d.sysuninit(
        Subsystem.PROTO_BEGIN,
        Order.ANY,
        "tcp_rack",
        m -> ModuleList.T_FUNCTIONS.of(m).remove(STACK));
  }
}
