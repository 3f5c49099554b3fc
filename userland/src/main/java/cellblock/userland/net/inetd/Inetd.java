package cellblock.userland.net.inetd;

import cellblock.control.KernelError;
import cellblock.control.Pollable;
import cellblock.control.ProcRequest;
import cellblock.control.tool.HostChild;
import cellblock.control.tool.HostCommand;
import cellblock.userland.misc.Err;
import cellblock.userland.net.AddrInfo;
import cellblock.userland.net.Stdio;
import cellblock.userland.net.Sysexits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** inetd(8). Ancestor: usr.sbin/inetd/inetd.c (main, config). */
public final class Inetd {
  private static final Duration RETRY = Duration.ofMinutes(10);

  private final Stdio io;
  private final InetdOptions options;
  private final List<Service> services = new ArrayList<>();
  private final Hangup hangup = new Hangup();
  private final ZoneId zone;
  private @Nullable String bind4;
  private @Nullable String bind6;
  private boolean quiet;
  private boolean retries;

  /** SIGHUP, as something to wait for. */
  private static final class Hangup implements Pollable {
    private final AtomicBoolean came = new AtomicBoolean();
    private volatile @Nullable Thread watcher;

    void signal() {
      came.set(true);
      LockSupport.unpark(watcher);
    }

    @Override
    public boolean ready() {
      return came.get();
    }

    @Override
    public void watch(@Nullable Thread thread) {
      watcher = thread;
    }

    boolean take() {
      return came.getAndSet(false);
    }
  }

  private Inetd(Stdio io) {
    this.io = io;
    this.options = InetdOptions.parse(io, this::log);
    this.zone = zone(io);
  }

  private static ZoneId zone(Stdio io) {
    try {
      return ZoneId.of(io.context().env().getOrDefault("TZ", "UTC"));
    } catch (DateTimeException e) {
      return ZoneId.of("UTC");
    }
  }

  /** Runs the tool. */
  public static int run(Stdio io) throws InterruptedException {
    return new Inetd(io).main();
  }

  InetdOptions options() {
    return options;
  }

  /** The kernel's wall clock, nanoseconds. */
  long now() {
    return io.context().nowNanos();
  }

  byte[] moment(Builtin service) {
    return service.moment(now(), zone);
  }

  /** syslog(3), which goes to standard error as long as somebody is there to read it. */
  private void log(String message) {
    if (!quiet) {
      io.eprint("inetd[" + io.kernel().pid() + "]: " + message + "\n");
    }
  }

  private int main() throws InterruptedException {
    int status = addresses();
    if (status != 0) {
      return status;
    }
    Background background = Background.of(io.context());
    if (!options.debug && !background.isChild()) {
      return background.start(io, options, this::log, this::read);
    }
    quiet = background.isChild();
    io.context().onSignal("HUP", hangup::signal);
    configure();
    background.ready();
    try {
      serve();
      return 0;
    } finally {
      services.forEach(Service::close);
      background.ended();
    }
  }

  private int addresses() {
    String host = options.address;
    List<String> found = AddrInfo.lookup(io, host, AddrInfo.Family.UNSPEC, false);
    if (found.isEmpty()) {
      log("-a " + host + ": " + AddrInfo.NONAME);
      return Sysexits.EX_USAGE;
    }
    for (String address : found) {
      if (AddrInfo.isInet6(address)) {
        bind6 = bind6 == null ? address : bind6;
      } else {
        bind4 = bind4 == null ? address : bind4;
      }
    }
    return 0;
  }

  /** The lines of the file; null where it cannot be read, or breaks off: that has been told. */
  private @Nullable List<InetdLine> read() {
    Path file = io.context().cwd().resolve(options.conf);
    InetdConf.Defaults defaults =
        new InetdConf.Defaults(options.maxChild, options.maxRate, options.maxPerSource);
    try {
      List<String> lines =
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
      return new InetdConf(options.conf, defaults, this::log).parse(lines);
    } catch (IOException e) {
      log("Accessing " + options.conf + ": " + Err.strerror(e) + ", continuing anyway.");
    } catch (InetdConf.SyntaxError e) {
      log(String.valueOf(e.getMessage()));
    }
    return null;
  }

  private void configure() {
    List<InetdLine> lines = read();
    if (lines == null) {
      return;
    }
    List<Service> kept = new ArrayList<>();
    for (InetdLine line : lines) {
      if (line.six() ? bind6 == null : bind4 == null) {
        log((line.six() ? "IPv6" : "IPv4") + " bind is ignored for " + line.service());
        continue;
      }
      Service service = null;
      for (Service s : services) {
        service = s.line().sameSocket(line) ? s : service;
      }
      if (service == null) {
        service = new Service(io, this::log, line);
        services.add(service);
      }
      service.line(line);
      if (service.port() <= 0) {
        log(line.title() + ": unknown service");
        continue;
      }
      kept.add(service);
    }
    for (Service s : services) {
      if (!kept.contains(s)) {
        s.shut();
      }
    }
    services.removeIf(s -> !kept.contains(s) && s.idle());
    openAll(kept);
  }

  private void openAll(List<Service> wanted) {
    for (Service s : wanted) {
      if (!s.isOpen()) {
        retries |= !s.open(s.line().six() ? bind6 : bind4);
      }
    }
  }

  private void serve() throws InterruptedException {
    long retryAt = retries ? now() + RETRY.toNanos() : Long.MAX_VALUE;
    while (true) {
      List<Pollable> all = new ArrayList<>();
      all.add(hangup);
      services.forEach(s -> s.wants(all));
      Duration left =
          retryAt == Long.MAX_VALUE ? null : Duration.ofNanos(Math.max(1, retryAt - now()));
      boolean came = io.kernel().poll(all, left);
      if (hangup.take()) {
        configure();
      }
      for (Service s : List.copyOf(services)) {
        retries |= !s.serve(this, services);
      }
      if (!came) {
        retries = false;
        openAll(services);
        retryAt = Long.MAX_VALUE;
      }
      if (retries && retryAt == Long.MAX_VALUE) {
        retryAt = now() + RETRY.toNanos();
      }
    }
  }

  /** Starts the program of a service; null when that fails. */
  @Nullable HostChild program(Service service) {
    InetdLine line = service.line();
    List<String> argv = new ArrayList<>();
    argv.add(line.server());
    argv.addAll(line.argv().subList(Math.min(1, line.argv().size()), line.argv().size()));
    try {
      ProcRequest.ProcInfo self = io.kernel().ask(new ProcRequest.Self());
      Map<String, String> env = new LinkedHashMap<>(io.context().env());
      env.keySet().remove(Background.MARK);
      return io.context()
          .start(new HostCommand(argv, env, null, self.jid(), self.fib(), null, null, null, true));
    } catch (KernelError e) {
      log("fork: " + e.text());
    } catch (IOException e) {
      log("cannot execute " + line.server() + ": " + e.getMessage());
    }
    return null;
  }
}
