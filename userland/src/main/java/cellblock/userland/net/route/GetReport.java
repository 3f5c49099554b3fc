package cellblock.userland.net.route;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.RouteRequest;
import cellblock.userland.net.Inet4;
import java.util.List;

/** The layout of {@code route get}. Ancestor: sbin/route/route_netlink.c (print_getmsg). */
final class GetReport {
  private final Route route;

  GetReport(Route route) {
    this.route = route;
  }

  void print(RouteTarget asked, RouteRequest.RouteInfo info, int fib) {
    StringBuilder text = new StringBuilder();
    text.append("   route to: ").append(name(asked.address())).append('\n');
    text.append("destination: ").append(name(info.destination())).append('\n');
    boolean six = info.family().equals("inet6");
    if (info.prefixLength() != (six ? 128 : 32)) {
      text.append("       mask: ").append(mask(info.prefixLength(), six)).append('\n');
    }
    if (info.gateway() != null && (info.flags() & RouteRequest.RTF_GATEWAY) != 0) {
      text.append("    gateway: ").append(name(info.gateway())).append('\n');
    }
    text.append("        fib: ").append(fib).append('\n');
    if (!info.ifname().isEmpty()) {
      text.append("  interface: ").append(info.ifname()).append('\n');
    }
    int flags = info.flags() | RouteRequest.RTF_UP | RouteRequest.RTF_DONE;
    text.append("      flags: ").append(RouteFlags.route(flags)).append('\n');
    route.io.print(text.toString());
    metrics(info);
  }

  private void metrics(RouteRequest.RouteInfo info) {
    route.io.printf(
        "%9s %9s %9s %9s %9s %10s %9s\n",
        "recvpipe", "sendpipe", "ssthresh", "rtt,msec", "mtu   ", "weight", "expire");
    int mtu = info.mtu() != 0 ? info.mtu() : mtu(info.ifname());
    route.io.printf(
        "%8d  %8d  %8d  %8d  %8d  %8d  %8d \n", 0, 0, 0, 0, mtu, Math.max(1, info.weight()), 0);
  }

  private int mtu(String ifname) {
    try {
      List<IfInfo> found = route.io.kernel().ask(new IfRequest.Get(ifname));
      return found.isEmpty() ? 0 : found.getFirst().mtu();
    } catch (KernelError e) {
      return 0;
    }
  }

  private String name(String address) {
    boolean any = address.equals("0.0.0.0") || address.equals("::");
    return any && !route.numeric ? "default" : address;
  }

  private String mask(int length, boolean six) {
    return name(six ? mask6(length) : Inet4.format(Inet4.mask(length)));
  }

  private static String mask6(int length) {
    StringBuilder text = new StringBuilder();
    for (int left = length; left > 0; left -= 16) {
      int bits = left >= 16 ? 0xffff : 0xffff << (16 - left) & 0xffff;
      text.append(text.isEmpty() ? "" : ":").append(Integer.toHexString(bits));
    }
    return text + (length > 112 ? "" : "::");
  }
}
