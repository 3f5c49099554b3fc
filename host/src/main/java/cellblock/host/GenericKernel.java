package cellblock.host;

import cellblock.host.module.ModuleService;
import cellblock.inet.Inet6Module;
import cellblock.inet.InetModule;
import cellblock.kern.module.KernelModule;
import cellblock.net.NetModule;
import cellblock.net.epair.EpairModule;
import java.util.List;

/** What a kernel is made of unless told otherwise: FreeBSD's GENERIC. */
final class GenericKernel {
  private GenericKernel() {}

  static List<KernelModule> modules() {
    return List.of(new NetModule(), new EpairModule(), new InetModule());
  }

  /** The same with IPv6, which is loaded by name until it is small enough for every jail. */
  static List<KernelModule> withInet6() {
    return List.of(new NetModule(), new EpairModule(), new InetModule(), new Inet6Module());
  }

  /** What kldload(8) finds by name. */
  static void offer(ModuleService modules) {
    modules.offer("inet6", Inet6Module::new);
  }
}
