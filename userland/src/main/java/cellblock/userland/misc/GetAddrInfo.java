package cellblock.userland.misc;

import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * getaddrinfo(1): shows what a host name and a service resolve to. Descends from
 * usr.bin/getaddrinfo/getaddrinfo.c. Names come from the host table alone: no name server is asked.
 */
public final class GetAddrInfo implements Tool {
  private static final String[] USAGE = {
    "Usage: getaddrinfo [-f <family>] [-p <protocol>] [-t <socktype>] [-s <service>]",
    "   [-cnNP] [<hostname>]",
  };

  /** The kinds of socket that are tried, in FreeBSD's order. */
  private static final List<Kind> KINDS =
      List.of(
          new Kind("dgram", "udp"),
          new Kind("stream", "tcp"),
          new Kind("stream", "sctp"),
          new Kind("seqpacket", "sctp"),
          new Kind("raw", "0"));

  private record Kind(String type, String protocol) {}

  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    GetOpt options = new GetOpt(context.args(), "cf:nNp:Ps:t:");
    Query query = new Query();
    for (int letter = options.next(); letter != GetOpt.END; letter = options.next()) {
      String complaint = query.option(letter, options);
      if (complaint != null) {
        err.warnx(complaint);
        err.print(USAGE);
        return 1;
      }
    }
    int hosts = options.operands().size();
    if (hosts > 1 || hosts == 0 && !query.passive) {
      err.print(USAGE);
      return 1;
    }
    String host = hosts == 0 ? null : options.operands().getFirst();
    List<String> addresses = query.addresses(context, host);
    if (addresses.isEmpty()) {
      err.warnx(
          query.known(context, host)
              ? "Address family for hostname not supported"
              : "Name does not resolve");
      return 1;
    }
    int port = query.port();
    if (port < 0) {
      err.warnx("Service was not recognized for socket type");
      return 1;
    }
    if (query.canonical && host != null) {
      context.out().println("canonname " + host);
    }
    for (String address : addresses) {
      print(context, query, address, port);
    }
    return 0;
  }

  private static void print(ToolContext context, Query query, String address, int port) {
    String family = address.indexOf(':') >= 0 ? "inet6" : "inet";
    for (Kind kind : KINDS) {
      boolean wanted =
          (query.type == null || query.type.equals(kind.type))
              && (query.protocol == null || query.protocol.equals(kind.protocol))
              && !(query.service != null && kind.type.equals("raw"));
      if (wanted) {
        context
            .out()
            .println("%s %s %s %s %d".formatted(kind.type, family, kind.protocol, address, port));
      }
    }
  }

  private static final class Query {
    private @Nullable String family;
    private @Nullable String type;
    private @Nullable String protocol;
    private @Nullable String service;
    private boolean canonical;
    private boolean numericHost;
    private boolean numericService;
    private boolean passive;

    @Nullable String option(int letter, GetOpt options) {
      String argument = options.argument();
      switch (letter) {
        case 'c' -> canonical = true;
        case 'n' -> numericHost = true;
        case 'N' -> numericService = true;
        case 'P' -> passive = true;
        case 'f' -> {
          family = argument;
          return List.of("unspec", "inet", "inet6").contains(argument)
              ? null
              : "invalid address family: " + argument;
        }
        case 'p' -> {
          return protocol(argument);
        }
        case 't' -> {
          type = argument;
          return List.of("stream", "dgram", "raw", "seqpacket").contains(argument)
              ? null
              : "invalid socket type: " + argument;
        }
        case 's' -> {
          return service(argument);
        }
        default -> {
          return options.complaint();
        }
      }
      return null;
    }

    private @Nullable String service(String argument) {
      int slash = argument.indexOf('/');
      service = slash < 0 ? argument : argument.substring(0, slash);
      if (slash < 0) {
        return null;
      }
      return protocol == null
          ? protocol(argument.substring(slash + 1))
          : "protocol already specified";
    }

    private @Nullable String protocol(String argument) {
      protocol =
          switch (argument) {
            case "tcp", "6" -> "tcp";
            case "udp", "17" -> "udp";
            case "sctp", "132" -> "sctp";
            default -> null;
          };
      return protocol == null ? "invalid protocol: " + argument : null;
    }

    List<String> addresses(ToolContext context, @Nullable String host) {
      List<String> found = new ArrayList<>();
      if (host == null) {
        found.addAll(List.of("::", "0.0.0.0"));
      } else if (!numericHost || Addresses.isInet(host) || Addresses.isInet6(host)) {
        found.addAll(HostTable.of(context).addresses(host));
      }
      found.removeIf(address -> !familyFits(address));
      return found;
    }

    boolean known(ToolContext context, @Nullable String host) {
      return host != null && !HostTable.of(context).addresses(host).isEmpty() && !numericHost;
    }

    private boolean familyFits(String address) {
      String wanted = family;
      boolean six = address.indexOf(':') >= 0;
      return wanted == null || wanted.equals("unspec") || wanted.equals("inet6") == six;
    }

    int port() {
      String wanted = service;
      if (wanted == null) {
        return 0;
      }
      if (wanted.matches("[0-9]{1,5}")) {
        return Integer.parseInt(wanted) <= 65535 ? Integer.parseInt(wanted) : -1;
      }
      return numericService
          ? -1
          : Services.port(wanted, protocol == null || !protocol.equals("udp") ? "tcp" : "udp");
    }
  }
}
