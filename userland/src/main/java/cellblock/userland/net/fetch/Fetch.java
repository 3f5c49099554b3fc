package cellblock.userland.net.fetch;

import cellblock.userland.misc.Err;
import cellblock.userland.net.Stdio;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** fetch(1). Ancestor: usr.bin/fetch/fetch.c. */
public final class Fetch {
  private final Stdio io;
  private final FetchOptions options;
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private volatile boolean interrupted;

  /** How one URL went. */
  private enum Outcome {
    DONE,
    FAILED,
    AGAIN
  }

  /** Before it tries again: a refusal takes no time where time is virtual. */
  private static final Duration MOMENT = Duration.ofMillis(1);

  private Fetch(Stdio io) {
    this.io = io;
    this.options = FetchOptions.parse(io);
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Fetch(io).main();
  }

  private int main() throws InterruptedException {
    boolean directory = outputIsDirectory();
    io.context().onSignal("INT", this::interrupt);
    int status = 0;
    for (String url : options.urls) {
      Outcome outcome = fetch(url, target(url, directory));
      while (outcome == Outcome.AGAIN && !interrupted) {
        status = 1;
        if (options.delay > 0 && options.verbosity > 0) {
          io.eprint("Waiting " + options.delay + " seconds before retrying\n");
        }
        io.context().sleep(options.delay > 0 ? Duration.ofSeconds(options.delay) : MOMENT);
        outcome = options.again ? fetch(url, target(url, directory)) : Outcome.FAILED;
      }
      if (interrupted) {
        return 128 + 2;
      }
      if (outcome == Outcome.DONE && options.once) {
        return 0;
      }
      status = outcome == Outcome.DONE ? status : 1;
    }
    return status;
  }

  private void interrupt() {
    interrupted = true;
    Connection open = connection.get();
    if (open != null) {
      open.close();
    }
  }

  private boolean toStdout() {
    return "-".equals(options.output);
  }

  private boolean outputIsDirectory() {
    String output = options.output;
    if (output == null || toStdout()) {
      return false;
    }
    Path path = io.context().cwd().resolve(output);
    if (!Files.exists(path) && options.urls.size() > 1) {
      throw io.errx(1, output + " is not a directory");
    }
    return Files.isDirectory(path);
  }

  private String target(String url, boolean directory) {
    String name = url.substring(url.lastIndexOf('/') + 1);
    name = name.isEmpty() ? "fetch.out" : name;
    String output = options.output;
    return output == null ? name : directory ? output + "/" + name : output;
  }

  private Outcome fetch(String text, String target) throws InterruptedException {
    Url url = text.isEmpty() ? null : Url.parse(text);
    if (url == null) {
      io.warnx(text.isEmpty() ? "empty URL" : text + ": parse error");
      return Outcome.FAILED;
    }
    try {
      return transfer(text, url, target);
    } catch (FetchError e) {
      if (interrupted) {
        io.warnx("transfer interrupted");
        return Outcome.FAILED;
      }
      io.warnx(options.printSize ? e.text() : text + ": " + e.text());
      if (e.notModified() && options.modifiedSince != null) {
        return Outcome.DONE;
      }
      return e.mayPass() ? Outcome.AGAIN : Outcome.FAILED;
    } catch (SocketTimeoutException e) {
      io.warnx("transfer timed out");
      return Outcome.AGAIN;
    } catch (InterruptedIOException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      io.warnx(target + ": " + Err.strerror(e));
      return Outcome.FAILED;
    } finally {
      Connection open = connection.getAndSet(null);
      if (open != null) {
        open.close();
      }
    }
  }

  private Remote open(Url url, String method, long offset)
      throws IOException, InterruptedException {
    if (url.scheme().equals("file")) {
      Path path = io.context().cwd().resolve(url.doc());
      InputStream body = Files.newInputStream(path);
      body.skipNBytes(offset);
      long modified = Files.getLastModifiedTime(path).toMillis() / 1000;
      return new Remote(body, Files.size(path), modified, offset);
    }
    long seconds = options.timeout > 0 ? options.timeout : environmentTimeout();
    long since = 0;
    if (options.modifiedSince != null) {
      Path like = io.context().cwd().resolve(options.modifiedSince);
      since = Files.getLastModifiedTime(like).toMillis() / 1000;
    }
    Http.Request request =
        new Http.Request(
            method,
            options.family,
            options.bind,
            seconds > 0 ? Duration.ofSeconds(seconds) : null,
            options.noRedirect,
            options.verbosity > 1,
            offset,
            since);
    return new Http(io, request, options.referer, options.agent, connection::set).open(url);
  }

  private long environmentTimeout() {
    String text = io.context().env().getOrDefault("HTTP_TIMEOUT", "0");
    if (text.matches("[0-9]{1,9}")) {
      return Long.parseLong(text);
    }
    io.warnx("HTTP_TIMEOUT (" + text + ") is not a positive integer");
    return 0;
  }

  private Outcome transfer(String text, Url url, String target)
      throws IOException, InterruptedException {
    if (options.printSize) {
      long size = open(url, "HEAD", 0).size();
      io.print(size < 0 ? "Unknown\n" : size + "\n");
      return Outcome.DONE;
    }
    LocalFile local = LocalFile.of(io, toStdout() ? null : target, options);
    Remote remote = open(url, "GET", local.resumeAt());
    try (InputStream first = remote.body()) {
      if (options.wantedSize > 0 && remote.size() < 0) {
        io.warnx(text + ": size unknown");
      } else if (options.wantedSize > 0 && remote.size() != options.wantedSize) {
        io.warnx(
            "%s: size mismatch: expected %d, actual %d"
                .formatted(text, options.wantedSize, remote.size()));
        return Outcome.FAILED;
      }
      if (remote.size() < 0 && !toStdout() && options.verbosity > 0) {
        io.warnx(text + ": size of remote file is not known");
      }
      sizes(local, remote);
      switch (local.plan(remote)) {
        case NOTHING -> {
          return Outcome.DONE;
        }
        case REFUSE -> {
          return Outcome.FAILED;
        }
        case GO -> {
          return copy(target, local, remote, first);
        }
        case FROM_START -> {
          // Below: another connection.
        }
      }
    }
    Remote whole = local.resumeAt() > 0 ? open(url, "GET", 0) : remote;
    try (InputStream body = whole.body()) {
      return copy(target, local, whole, body);
    }
  }

  private void sizes(LocalFile local, Remote remote) {
    if (options.verbosity > 1) {
      if (local.size() >= 0) {
        io.eprint("local size / mtime: " + local.size() + " / " + local.modified() + "\n");
      }
      if (remote.size() >= 0) {
        io.eprint("remote size / mtime: " + remote.size() + " / " + remote.modified() + "\n");
      }
    }
  }

  private Outcome copy(String target, LocalFile local, Remote remote, InputStream body)
      throws IOException, InterruptedException {
    local.open(remote);
    Progress progress =
        new Progress(
            io, options.verbosity, io.context().errorTty(), target, remote.size(), remote.offset());
    byte[] buffer = new byte[16 << 10];
    long count = remote.offset();
    boolean late = false;
    boolean good = false;
    try {
      while (remote.size() < 0 || count < remote.size()) {
        int n = body.read(buffer, 0, most(remote.size() - count, buffer.length));
        if (n < 0) {
          break;
        }
        count += n;
        progress.update(count);
        local.write(buffer, n);
      }
      good = true;
    } catch (SocketTimeoutException e) {
      late = true;
    } finally {
      progress.end();
      if (!good && !late) {
        local.failed();
      }
    }
    local.finish(remote);
    if (interrupted) {
      io.warnx("transfer interrupted");
      local.failed();
      return Outcome.FAILED;
    }
    if (late) {
      io.warnx("transfer timed out");
    }
    if (remote.size() >= 0 && count < remote.size()) {
      io.warnx("%s appears to be truncated: %d/%d bytes".formatted(target, count, remote.size()));
      return Outcome.AGAIN;
    }
    if (late) {
      io.warnx(target + " may be truncated");
      return Outcome.AGAIN;
    }
    local.keep();
    return Outcome.DONE;
  }

  private static int most(long left, int buffer) {
    return left < 0 ? buffer : (int) Math.min(left, buffer);
  }
}
