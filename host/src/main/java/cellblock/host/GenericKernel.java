package cellblock.host;

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
    return List.of(new NetModule(), new EpairModule(), new InetModule(), new Inet6Module());
  }
}
