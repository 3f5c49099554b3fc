package cellblock.userland.net;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An interface of {@link ModelKernel}. */
final class ModelIf {
  String name;
  final int index;
  String type = "ethernet";
  int flags;
  int capabilities;
  int capEnabled;
  int metric;
  int mtu = 1500;
  int fib;

  /** Equal for the two ends of an epair, else 0. */
  int pair;

  /** What the cable does to what this end sends. */
  IfRequest.LinkModel cable = IfRequest.LinkModel.NONE;

  int ndFlags = -1;
  String description;
  String link;
  String media;
  String status;
  final List<String> groups = new ArrayList<>(List.of("all"));
  final List<IfInfo.Address> addresses = new ArrayList<>();
  final List<String> driver = new ArrayList<>();
  final List<String> driverLog = new ArrayList<>();
  final Map<String, Long> counters = new LinkedHashMap<>();

  ModelIf(String name, int index) {
    this.name = name;
    this.index = index;
  }

  IfInfo info() {
    return new IfInfo(
        name,
        index,
        type,
        flags,
        capabilities,
        capEnabled,
        metric,
        mtu,
        fib,
        description,
        link,
        link,
        List.copyOf(groups),
        List.copyOf(addresses),
        media,
        status,
        ndFlags,
        List.copyOf(driver),
        name,
        0,
        Map.copyOf(counters));
  }

  void setFlags(int set, int clear) {
    flags = flags & ~clear | set;
  }

  void setCapabilities(int set, int clear) {
    capEnabled = capEnabled & ~clear | set;
  }

  void group(String group, boolean add) throws KernelError {
    if (add == groups.contains(group)) {
      throw ModelKernel.error(add ? "EEXIST" : "ENOENT");
    }
    if (add) {
      groups.add(group);
    } else {
      groups.remove(group);
    }
  }

  void add(IfRequest.AddAddress r) {
    boolean six = r.address().indexOf(':') >= 0;
    String family = six ? "inet6" : "inet";
    if (!r.alias()) {
      addresses.stream()
          .filter(a -> a.family().equals(family))
          .findFirst()
          .ifPresent(addresses::remove);
    }
    int length = r.prefixLength() < 0 ? 8 : r.prefixLength();
    String broadcast = r.broadcast();
    if (!six && broadcast == null && (flags & IfInfo.IFF_BROADCAST) != 0) {
      broadcast = Inet4.format(Inet4.aton(r.address()).orElseThrow() | ~Inet4.mask(length));
    }
    addresses.add(
        new IfInfo.Address(
            family,
            r.address(),
            length,
            broadcast,
            r.destination(),
            List.copyOf(r.options().keySet()),
            -1,
            -1,
            0,
            0));
    flags |= six ? 0 : IfInfo.IFF_UP | IfInfo.IFF_RUNNING;
  }

  void delete(String family, String address) throws KernelError {
    for (IfInfo.Address a : addresses) {
      if (a.family().equals(family) && (address == null || a.address().equals(address))) {
        addresses.remove(a);
        return;
      }
    }
    throw ModelKernel.error("EADDRNOTAVAIL");
  }
}
