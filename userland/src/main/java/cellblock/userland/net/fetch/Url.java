package cellblock.userland.net.fetch;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A URL as libfetch takes it apart (ancestor: lib/libfetch/fetch.c, fetchParseURL).
 *
 * @param scheme "http", "file", …; empty when none was written
 * @param port 0 = the scheme's own
 * @param doc path and query, with its slash
 */
record Url(String scheme, String user, String password, String host, int port, String doc) {

  /** Takes a URL apart; null when it is malformed. */
  static @Nullable Url parse(String text) {
    int colon = text.indexOf(":/");
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    String rest = colon < 0 ? text : text.substring(colon + 1);
    if (rest.isEmpty() || !scheme.matches("[A-Za-z0-9]{0,16}")) {
      return null;
    }
    if (rest.startsWith("//")) {
      rest = rest.substring(2);
    } else if (rest.startsWith("/")) {
      return new Url(scheme.isEmpty() ? "file" : scheme, "", "", "", 0, rest);
    }
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String doc = slash < 0 ? "/" : rest.substring(slash);
    String user = "";
    String password = "";
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String[] who = authority.substring(0, at).split(":", 2);
      user = who[0];
      password = who.length > 1 ? who[1] : "";
      authority = authority.substring(at + 1);
    }
    return host(scheme, user, password, authority, doc);
  }

  private static @Nullable Url host(
      String scheme, String user, String password, String authority, String doc) {
    String host;
    String port;
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      if (end < 0) {
        return null;
      }
      host = authority.substring(1, end);
      port = authority.substring(end + 1);
      if (!port.isEmpty() && !port.startsWith(":")) {
        return null;
      }
    } else {
      int colon = authority.indexOf(':');
      host = colon < 0 ? authority : authority.substring(0, colon);
      port = colon < 0 ? "" : authority.substring(colon);
    }
    if (port.length() > 1 && !port.matches(":[0-9]{1,5}")) {
      return null;
    }
    int number = port.length() > 1 ? Integer.parseInt(port.substring(1)) : 0;
    return number > 65_535
        ? null
        : new Url(guess(scheme, host), user, password, host, number, escape(doc));
  }

  /** A host that is called by what it serves tells the scheme. */
  private static String guess(String scheme, String host) {
    if (!scheme.isEmpty()) {
      return scheme;
    }
    return host.startsWith("ftp.") ? "ftp" : host.startsWith("www.") ? "http" : "";
  }

  /** What must not stand in a request line as it is. */
  private static String escape(String doc) {
    StringBuilder out = new StringBuilder();
    for (byte b : doc.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b != '"' && b != 0x7f) {
        out.append((char) b);
      } else {
        out.append("%%%02x".formatted(b & 0xff));
      }
    }
    return out.toString();
  }

  int portOrDefault() {
    return port == 0 ? 80 : port;
  }

  /** The host as a header names it: with its port where that is not the usual one. */
  String hostHeader() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return portOrDefault() == 80 ? name : name + ":" + port;
  }

  /** Where a Location header leads from here; null when it is malformed. */
  @Nullable Url redirect(String location) {
    if (location.startsWith("/") && !location.startsWith("//")) {
      return new Url(scheme, user, password, host, port, escape(location));
    }
    Url next = parse(location);
    if (next != null && next.host.equals(host) && next.user.isEmpty()) {
      return new Url(next.scheme, user, password, next.host, next.port, next.doc);
    }
    return next;
  }
}
