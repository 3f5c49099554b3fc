package cellblock.host;

import cellblock.inet.Inet;
import cellblock.inet.Inet6Module;
import cellblock.inet.InetModule;
import cellblock.inet.tcp.CcModule;
import cellblock.inet.tcp.RackModule;
import cellblock.kern.module.KernelModule;
import cellblock.net.NetModule;
import cellblock.net.bridge.BridgeModule;
import cellblock.net.epair.EpairModule;
import cellblock.net.tuntap.TunTapModule;
import cellblock.tap.HostModule;
import cellblock.tunnel.gif.GifModule;
import cellblock.tunnel.gre.GreModule;
import cellblock.tunnel.vxlan.VxlanModule;
import cellblock.tunnel.wg.WgModule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel is made of unless told otherwise, FreeBSD's GENERIC, and the modules beside it in
 * /boot/kernel.
 */
public final class GenericKernel {
  private GenericKernel() {}

  static List<KernelModule> modules() {
    return List.of(
        new NetModule(),
        new EpairModule(),
        new TunTapModule(),
        new InetModule(),
        CcModule.newReno(),
        CcModule.cubic(),
        new Inet6Module(),
        new GifModule());
  }

  /** The module of a name that is not part of the kernel but comes with it; null = none. */
  public static @Nullable KernelModule loadable(String name) {
    return switch (name) {
      case "if_bridge" -> new BridgeModule();
      case "if_gre" -> new GreModule();
      case "cc_htcp" -> CcModule.htcp();
      case "tcp_rack" -> new RackModule(v -> Inet.of(v).tcp);
      case "if_vxlan" -> new VxlanModule();
      case "if_host" -> new HostModule();
      case "if_wg" -> new WgModule();
      default -> null;
    };
  }
}
