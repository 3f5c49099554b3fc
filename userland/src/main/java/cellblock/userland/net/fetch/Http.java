package cellblock.userland.net.fetch;

import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Stdio;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/1.1 (RFC 9110, 9112; ancestor: libfetch/http.c, http_request). */
final class Http {
  private static final int MAX_REDIRECT = 20;
  private static final String PROTOCOL_ERROR = "Protocol error";
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

  /** What the caller asks for beside the URL. */
  record Request(
      String method,
      AddrInfo.Family family,
      @Nullable String bind,
      @Nullable Duration timeout,
      boolean noRedirect,
      boolean verbose,
      long offset,
      long modifiedSince) {}

  private final Stdio io;
  private final Request request;
  private final String referer;
  private final String agent;
  private final Consumer<Connection> opened;

  /** {@code opened} is told of every connection, so that a signal can end it. */
  Http(
      Stdio io,
      Request request,
      @Nullable String referer,
      @Nullable String agent,
      Consumer<Connection> opened) {
    this.io = io;
    this.request = request;
    this.referer = referer != null ? referer : env(io, "HTTP_REFERER", "");
    this.agent = agent != null ? agent : env(io, "HTTP_USER_AGENT", "fetch libfetch/2.0");
    this.opened = opened;
  }

  private static String env(Stdio io, String name, String otherwise) {
    return io.context().env().getOrDefault(name, otherwise);
  }

  private record Reply(int status, Map<String, String> headers) {
    @Nullable String header(String name) {
      return headers.get(name);
    }
  }

  /** The document, redirections followed. */
  Remote open(Url first) throws IOException, InterruptedException {
    Url url = first;
    boolean authorized = false;
    for (int i = 0; i < MAX_REDIRECT; i++) {
      if (!url.scheme().equalsIgnoreCase("http")) {
        throw new FetchError("Invalid URL scheme", false);
      }
      Connection connection = connect(url);
      boolean done = false;
      try {
        connection.send(head(url, authorized));
        Reply reply = reply(connection);
        String location = reply.header("location");
        if (reply.status == 401 && !authorized && !url.user().isEmpty()) {
          authorized = true;
        } else if (isRedirect(reply.status) && location != null && follows(reply.status)) {
          info(reply.status + " redirect to " + location);
          url = next(url, location);
        } else {
          Remote remote = accept(reply, connection);
          done = true;
          return remote;
        }
      } finally {
        if (!done) {
          connection.close();
        }
      }
    }
    throw new FetchError("Moved Temporarily", false);
  }

  private static Url next(Url url, String location) throws FetchError {
    Url next = url.redirect(location);
    if (next == null) {
      throw new FetchError(PROTOCOL_ERROR, false);
    }
    return next;
  }

  /** With -A temporary redirections are left alone. */
  private boolean follows(int status) {
    return !request.noRedirect || status == 301 || status == 308;
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private Connection connect(Url url) throws FetchError, InterruptedException {
    info("resolving server address: " + url.host() + ":" + url.portOrDefault());
    Connection connection = Connection.open(io, url, request.family, request.bind, request.timeout);
    opened.accept(connection);
    return connection;
  }

  private void info(String text) {
    if (request.verbose) {
      io.eprint(text + "\n");
    }
  }

  private String head(Url url, boolean authorized) {
    info("requesting http://" + url.hostHeader() + url.doc());
    StringBuilder text = new StringBuilder();
    text.append(request.method).append(' ').append(url.doc()).append(" HTTP/1.1\r\n");
    if (request.modifiedSince > 0) {
      header(
          text,
          "If-Modified-Since",
          DATE.format(Instant.ofEpochSecond(request.modifiedSince).atZone(ZoneOffset.UTC)));
    }
    header(text, "Host", url.hostHeader());
    if (authorized) {
      byte[] who = (url.user() + ":" + url.password()).getBytes(StandardCharsets.UTF_8);
      header(text, "Authorization", "Basic " + Base64.getEncoder().encodeToString(who));
    }
    header(text, "Accept", env(io, "HTTP_ACCEPT", "*/*"));
    header(
        text,
        "Referer",
        referer.equalsIgnoreCase("auto") ? "http://" + url.hostHeader() + url.doc() : referer);
    header(text, "User-Agent", agent);
    if (request.offset > 0) {
      header(text, "Range", "bytes=" + request.offset + "-");
    }
    header(text, "Connection", "close");
    return text.append("\r\n").toString();
  }

  private static void header(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(name).append(": ").append(value.replaceAll("[\r\n]", "")).append("\r\n");
    }
  }

  private static Reply reply(Connection connection) throws IOException {
    String line = connection.line();
    while (line != null && line.matches("HTTP/1\\.[01] 1\\d\\d.*")) { // interim responses
      while (line != null && !line.isEmpty()) {
        line = connection.line();
      }
      line = connection.line();
    }
    if (line == null || !line.matches("HTTP(/\\d+\\.\\d+)? \\d{3}( .*)?")) {
      throw new FetchError(PROTOCOL_ERROR, true);
    }
    int status = Integer.parseInt(line.substring(line.indexOf(' ') + 1).substring(0, 3));
    Map<String, String> headers = new HashMap<>();
    for (int n = 0; n < 1000; n++) {
      line = connection.line();
      if (line == null || line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
    }
    return new Reply(status, headers);
  }

  private Remote accept(Reply reply, Connection connection) throws FetchError {
    if (reply.status == 304) {
      throw FetchError.unchanged();
    }
    boolean whole = reply.status == 416 && request.offset > 0; // there is no more of it
    if (reply.status != 200 && reply.status != 206 && !whole) {
      throw new FetchError(HttpStatus.text(reply.status), HttpStatus.mayPass(reply.status));
    }
    long length = number(reply.header("content-length"));
    long offset = 0;
    long size = -1;
    String range = reply.header("content-range");
    if (range != null && reply.status == 206) {
      String[] parts = range.replaceFirst("^bytes\\s+", "").split("[-/]");
      if (parts.length != 3) {
        throw new FetchError(PROTOCOL_ERROR, true);
      }
      offset = number(parts[0]);
      size = number(parts[2]);
      long ranged = number(parts[1]) - offset + 1;
      if (offset < 0 || offset > request.offset || length >= 0 && length != ranged) {
        throw new FetchError(PROTOCOL_ERROR, true);
      }
      length = ranged;
    }
    if (whole) {
      return new Remote(InputStream.nullInputStream(), request.offset, 0, request.offset);
    }
    boolean chunked = "chunked".equalsIgnoreCase(reply.header("transfer-encoding"));
    if (size < 0 && length >= 0 && !chunked) {
      size = offset + length;
    }
    InputStream body = chunked ? new ChunkedInput(connection) : connection;
    return new Remote(body, size, date(reply.header("last-modified")), offset);
  }

  private static long number(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  private static long date(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    try {
      return DATE.withZone(ZoneOffset.UTC).parse(text, Instant::from).getEpochSecond();
    } catch (DateTimeException e) {
      return 0;
    }
  }
}
