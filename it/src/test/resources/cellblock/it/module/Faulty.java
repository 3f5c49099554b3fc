package example.faulty;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleEvent;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;

/** Breaks in the place that its name tells: the tests replace the words between the percent signs. */
public final class Faulty implements KernelModule {
  private static final String WHERE = "%WHERE%";

  @Override
  public ModuleInfo info() {
    return ModuleInfo.of("%NAME%", 1, new ModuleInfo.Dependency("%NEEDS%", 1, 1, 9));
  }

  @Override
  public void event(ModuleEvent event, Machine machine) throws ErrnoException {
    maybe(event.toString());
  }

  @Override
  public void declare(Declarations declare) {
    maybe("declare");
    declare.sysinit(Subsystem.PSEUDO, Order.FIRST, "it", machine -> maybe("sysinit"));
    declare.sysuninit(Subsystem.PSEUDO, Order.FIRST, "it", machine -> maybe("sysuninit"));
    declare.vnetSysinit(Subsystem.PSEUDO, Order.ANY, "it", vnet -> in(vnet, "constructor"));
    declare.vnetShutdown(
        Subsystem.PSEUDO,
        Order.ANY,
        "it",
        vnet -> {
          in(vnet, "shutdown");
          return v -> in(v, "second");
        });
    declare.vnetSysuninit(Subsystem.PSEUDO, Order.ANY, "it", vnet -> in(vnet, "destructor"));
  }

  private static void in(Vnet vnet, String place) {
    vnet.machine().messages().log("faulty: " + place + " " + vnet);
    maybe(place + " " + vnet);
    if (place.equals("constructor") && WHERE.equals("callout " + vnet)) {
      vnet.callout("faulty", () -> maybe("callout " + vnet)).reset(1);
    }
  }

  private static void maybe(String place) {
    if (WHERE.equals(place)) {
      throw new IllegalStateException("told to break in " + place);
    }
  }
}
