package cellblock.host.port;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.inet.Inet;
import cellblock.inet.ip.InAddress;
import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.bridge.BridgeNet;
import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Addresses of interfaces: adding, deleting, telling. In turns of the vnet's lane. */
final class Addresses {
  private Addresses() {}

  static void add(Vnet vnet, Ifnet ifp, IfRequest.AddAddress r) throws ErrnoException {
    BridgeNet.checkAddress(ifp);
    IpAddress any = AddressText.parse(vnet, r.address());
    if (any instanceof Ip6Address six) {
      AddressText.inet6(vnet).control.add(ifp, wish(vnet, six, r));
      return;
    }
    Ip4Address address = inet(any);
    Inet.of(vnet)
        .control
        .add(ifp, address, r.prefixLength(), four(r.broadcast()), four(r.destination()), r.alias());
  }

  static void delete(Vnet vnet, Ifnet ifp, IfRequest.DeleteAddress r) throws ErrnoException {
    if (r.family().equals("inet6")) {
      AddressText.inet6(vnet).control.delete(ifp, six(vnet, r.address()));
      return;
    }
    if (!r.family().equals("inet")) {
      throw new ErrnoException(Errno.EAFNOSUPPORT);
    }
    Inet.of(vnet).control.delete(ifp, four(r.address()));
  }

  private static @Nullable Ip6Address six(Vnet vnet, @Nullable String text) throws ErrnoException {
    if (text == null) {
      return null;
    }
    if (AddressText.parse(vnet, text) instanceof Ip6Address six) {
      return six;
    }
    throw new ErrnoException(Errno.EINVAL);
  }

  /** What SIOCAIFADDR_IN6 is asked, by ifconfig's words. */
  private static In6Control.Wish wish(Vnet vnet, Ip6Address address, IfRequest.AddAddress r)
      throws ErrnoException {
    int flags = 0;
    long preferred = In6Address.FOREVER;
    long valid = In6Address.FOREVER;
    for (Map.Entry<String, String> o : r.options().entrySet()) {
      switch (o.getKey()) {
        case "anycast" -> flags |= In6Address.ANYCAST;
        case "no_dad" -> flags |= In6Address.NODAD;
        case "deprecated" -> flags |= In6Address.DEPRECATED;
        case "autoconf" -> flags |= In6Address.AUTOCONF;
        case "prefer_source" -> flags |= In6Address.PREFER_SOURCE;
        case "pltime" -> preferred = seconds(o.getValue());
        case "vltime" -> valid = seconds(o.getValue());
        default -> {
          // tentative is the kernel's to say; words with a minus ask for nothing.
        }
      }
    }
    int length = r.prefixLength() < 0 ? 64 : r.prefixLength();
    Ip6Address to = six(vnet, r.destination());
    if (to != null && r.prefixLength() < 0) {
      length = 128;
    }
    if (preferred < 0 && valid >= 0) {
      preferred = valid;
    }
    return new In6Control.Wish(address, length, to, preferred, valid, flags);
  }

  private static long seconds(String text) throws ErrnoException {
    if (text.equals("infty") || text.equals("-1")) {
      return In6Address.FOREVER;
    }
    try {
      long value = Long.parseLong(text);
      return value >= 0xffff_ffffL ? In6Address.FOREVER : Math.max(0, value);
    } catch (NumberFormatException e) {
      throw new ErrnoException(Errno.EINVAL);
    }
  }

  /** SIOCSIFINFO_FLAGS by ifconfig's and ndp's words; a minus switches off. */
  static void discovery(Vnet vnet, Ifnet ifp, List<String> words) throws ErrnoException {
    In6Ifinfo in = Ip6.of(ifp);
    if (in == null) {
      throw new ErrnoException(Errno.ENXIO);
    }
    int set = 0;
    int clear = 0;
    for (String word : words) {
      boolean off = word.startsWith("-");
      int bit =
          switch (off ? word.substring(1) : word) {
            case "nud" -> In6Ifinfo.PERFORMNUD;
            case "accept_rtadv" -> In6Ifinfo.ACCEPT_RTADV;
            case "ifdisabled", "disabled" -> In6Ifinfo.IFDISABLED;
            case "auto_linklocal" -> In6Ifinfo.AUTO_LINKLOCAL;
            case "no_radr" -> In6Ifinfo.NO_RADR;
            case "no_prefer_iface" -> In6Ifinfo.NO_PREFER_IFACE;
            case "no_dad" -> In6Ifinfo.NO_DAD;
            case "defaultif" -> 0;
            default -> throw new ErrnoException(Errno.EINVAL);
          };
      if (off) {
        clear |= bit;
      } else {
        set |= bit;
      }
    }
    AddressText.inet6(vnet).control.options(in, set, clear);
  }

  /** An IPv6 address as ifconfig(8) is told of it. */
  static IfInfo.Address info6(Vnet vnet, In6Address a) {
    List<String> words = new ArrayList<>();
    word(words, a, In6Address.ANYCAST, "anycast");
    word(words, a, In6Address.TENTATIVE, "tentative");
    word(words, a, In6Address.DUPLICATED, "duplicated");
    word(words, a, In6Address.DETACHED, "detached");
    word(words, a, In6Address.DEPRECATED, "deprecated");
    word(words, a, In6Address.AUTOCONF, "autoconf");
    word(words, a, In6Address.TEMPORARY, "temporary");
    word(words, a, In6Address.PREFER_SOURCE, "prefer_source");
    long now = vnet.lane().now();
    Ip6Address to = a.destination();
    return new IfInfo.Address(
        "inet6",
        AddressText.of(vnet, a.address()),
        a.prefixLength(),
        null,
        to == null ? null : AddressText.of(vnet, to),
        words,
        a.preferred(now),
        a.valid(now),
        a.scope(),
        0);
  }

  private static void word(List<String> words, In6Address a, int flag, String word) {
    if (a.is(flag)) {
      words.add(word);
    }
  }

  private static @Nullable Ip4Address four(@Nullable String text) throws ErrnoException {
    return text == null ? null : AddressText.four(text);
  }

  private static Ip4Address inet(IpAddress a) throws ErrnoException {
    if (a instanceof Ip4Address four) {
      return four;
    }
    throw new ErrnoException(Errno.EAFNOSUPPORT);
  }

  static IfInfo.Address info(IfAddress a) {
    InAddress in = a instanceof InAddress known ? known : null;
    return new IfInfo.Address(
        "inet",
        RouteView.text(a),
        a.prefixLength(),
        in != null && in.hasBroadcast() ? Ip4Address.toString(in.broadcast()) : null,
        in != null && in.hasDestination() ? Ip4Address.toString(in.destination()) : null,
        List.of(),
        -1,
        -1,
        0,
        0);
  }
}
