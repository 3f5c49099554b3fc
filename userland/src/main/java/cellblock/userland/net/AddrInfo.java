package cellblock.userland.net;

import cellblock.userland.misc.HostTable;
import cellblock.userland.misc.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * getaddrinfo(3) and getnameinfo(3) of the tools: numbers, then the jail's hosts(5); no name server
 * is asked. Ancestor: lib/libc/net/getaddrinfo.c.
 */
public final class AddrInfo {
  /** gai_strerror(EAI_NONAME). */
  public static final String NONAME = "Name does not resolve";

  /** gai_strerror(EAI_ADDRFAMILY). */
  public static final String ADDRFAMILY = "Address family for hostname not supported";

  /** gai_strerror(EAI_SERVICE). */
  public static final String SERVICE = "Service was not recognized for socket type";

  /** Which addresses are wanted. */
  public enum Family {
    UNSPEC,
    INET,
    INET6;

    boolean fits(String address) {
      return this == UNSPEC || (this == INET6) == isInet6(address);
    }
  }

  private AddrInfo() {}

  /** Whether an address in text is one of IPv6. */
  public static boolean isInet6(String address) {
    return address.indexOf(':') >= 0;
  }

  /**
   * The addresses of a host in the order in which they should be tried; empty when there is none,
   * and {@link #why} tells the reason.
   *
   * @param host null = the wildcard addresses, for a server
   * @param numeric AI_NUMERICHOST: names are not looked up
   */
  public static List<String> lookup(
      Stdio io, @Nullable String host, Family family, boolean numeric) {
    List<String> all =
        new ArrayList<>(host == null ? List.of("::", "0.0.0.0") : find(io, host, numeric));
    all.removeIf(address -> !family.fits(address));
    return all;
  }

  /** gai_strerror(3) of a lookup that found nothing. */
  public static String why(Stdio io, @Nullable String host, boolean numeric) {
    return host == null || find(io, host, numeric).isEmpty() ? NONAME : ADDRFAMILY;
  }

  private static List<String> find(Stdio io, String host, boolean numeric) {
    if (Inet6.isAddress(host)) {
      return List.of(host);
    }
    OptionalInt inet = Inet4.aton(host);
    if (inet.isPresent()) {
      return List.of(Inet4.format(inet.getAsInt()));
    }
    return numeric ? List.of() : HostTable.of(io.context()).addresses(host);
  }

  /** The first name of an address, or the address: getnameinfo(3). */
  public static String name(Stdio io, String address) {
    String name = HostTable.of(io.context()).name(address);
    return name == null ? address : name;
  }

  /** The port of a service by number or name; -1 = {@link #SERVICE}. */
  public static int port(String service, String protocol) {
    if (service.matches("[0-9]{1,9}")) {
      int port = Integer.parseInt(service);
      return port <= 65_535 ? port : -1;
    }
    return Services.port(service, protocol);
  }
}
