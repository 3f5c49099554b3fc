package cellblock.packetdrill;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.packetdrill.Event.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script, event by event: lets time pass, injects, calls, and waits for what must come.
 * Threading: one thread.
 */
final class Runner {
  private static final long MICRO = 1_000;

  /** How long a call that is not marked as blocking may block, or a packet without a time come. */
  private static final long PATIENCE = 4L * 3600 * 1_000_000;

  private final String name;
  private final Settings settings;
  private final Bed bed;
  private final Flows flows;
  private final Calls calls;
  private final Commands commands;
  private final PacketWriter writer;
  private final PacketCheck check;
  private final List<String> warnings = new ArrayList<>();
  private final @Nullable List<String> log;
  private final long start;
  private @Nullable Pending pending;
  private long lastEvent;

  /** A blocking call that has not returned. */
  private record Pending(Event event, Call call, Calls.Attempt attempt, long end) {}

  /**
   * @param name of the script, for messages
   * @param log where to tell of everything, or null
   */
  Runner(String name, Settings settings, Bed bed, @Nullable List<String> log) {
    this.name = name;
    this.settings = settings;
    this.bed = bed;
    this.log = log;
    this.flows = new Flows(settings);
    this.calls = new Calls(bed, settings, flows);
    this.commands = new Commands(bed, calls);
    this.writer = new PacketWriter(settings);
    this.check = new PacketCheck(settings);
    this.start = bed.now();
  }

  /** The script and the stack disagree. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  List<String> warnings() {
    return warnings;
  }

  /** Runs all of it. */
  void run(Script script) throws Failed {
    String init = script.init();
    if (init != null) {
      command(1, 1, init);
    }
    for (Event e : script.events()) {
      event(e);
    }
    finishPending();
  }

  private void event(Event e) throws Failed {
    When w = e.when();
    long base = w.type() == When.Type.ABSOLUTE ? 0 : micros();
    switch (e.action()) {
      case PacketSpec p when p.outbound() -> expect(e, p, base + w.from(), base + w.to());
      case PacketSpec p -> {
        advance(e, base + w.from());
        inject(e, p);
      }
      case Call c -> {
        finishPending();
        advance(e, base + w.from());
        call(e, c, c.end() < 0 ? -1 : base + c.end());
      }
      case Event.Command c -> {
        finishPending();
        advance(e, base + w.from());
        command(e.line(), e.column(), c.line());
      }
      case Event.Code c -> {
        advance(e, base + w.from());
        code(e, c);
      }
    }
    lastEvent = w.type() == When.Type.ANY ? micros() : base + w.from();
  }

  // ---- time ----

  /** Microseconds since the script began. */
  private long micros() {
    return (bed.now() - start) / MICRO;
  }

  private static String seconds(long micros) {
    return String.format(Locale.ROOT, "%.6f", micros / 1e6);
  }

  /** The tolerance of an event at {@code at}: fixed, or a share of the time since the last. */
  private long slack(long at) {
    long share = (long) (settings.tolerancePercent() / 100 * (at - lastEvent));
    return Math.max(settings.toleranceMicros(), share);
  }

  private void advance(Event e, long to) throws Failed {
    long now = micros();
    if (now > to + slack(to)) {
      throw failed(e, "late: due at " + seconds(to) + ", now is " + seconds(now));
    }
    pass(to);
  }

  /** Lets time pass; a call that waits is tried as things happen. */
  private void pass(long to) throws Failed {
    long limit = start + to * MICRO;
    bed.settle();
    tryPending();
    while (pending != null && bed.now() < limit) {
      bed.until(this::pendingMoves, limit);
      tryPending();
    }
    bed.until(() -> false, limit);
    bed.settle();
    tryPending();
  }

  private @Nullable Returned moved;

  /** Whether no call waits, or the one that does has returned; remembers what it came to. */
  private boolean pendingMoves() {
    Pending p = pending;
    return p == null || moves(p.attempt);
  }

  private boolean moves(Calls.Attempt attempt) {
    if (moved == null) {
      moved = attempt(attempt);
    }
    return moved != null;
  }

  /** Tries a call; null where it must wait. */
  private static @Nullable Returned attempt(Calls.Attempt attempt) {
    try {
      return attempt.now();
    } catch (ErrnoException x) {
      return x.errno() == Errno.EAGAIN ? null : Returned.failed(x.errno());
    } catch (Arguments.Bad x) {
      return new Returned(-1, null, x.getMessage());
    }
  }

  private void tryPending() throws Failed {
    Pending p = pending;
    if (p == null) {
      return;
    }
    if (pendingMoves() && moved != null) {
      Returned r = moved;
      moved = null;
      pending = null;
      long off = Math.abs(micros() - p.end);
      if (off > slack(p.end)) {
        throw failed(
            p.event,
            p.call
                + ": expected to return at "
                + seconds(p.end)
                + ", returned at "
                + seconds(micros()));
      }
      compare(p.event, p.call, r);
    }
  }

  /** Waits for the call that blocks: until its time and no longer. */
  private void finishPending() throws Failed {
    Pending p = pending;
    if (p == null) {
      return;
    }
    pass(p.end + slack(p.end));
    if (pending != null) {
      throw failed(p.event, p.call + ": still blocks at " + seconds(micros()));
    }
  }

  // ---- packets ----

  private void inject(Event e, PacketSpec p) throws Failed {
    Flow flow = flows.inbound(p);
    if (flow == null) {
      throw failed(e, "no socket for the packet " + PacketText.of(p));
    }
    try {
      byte[] packet = writer.inbound(p, flow);
      note("inject  %s < %s".formatted(seconds(micros()), PacketText.of(p)));
      bed.inject(packet);
    } catch (PacketWriter.Impossible | ErrnoException x) {
      throw failed(e, x.getMessage() + ": " + PacketText.of(p));
    }
    bed.settle();
    tryPending();
  }

  private void expect(Event e, PacketSpec p, long from, long to) throws Failed {
    Flow flow = flows.outbound(p);
    if (flow == null) {
      throw failed(e, "no socket for the packet " + PacketText.of(p));
    }
    boolean any = e.when().type() == When.Type.ANY;
    long last = any ? micros() + PATIENCE : to + slack(from);
    Tun.Sent sent = next(flow, p, last);
    if (sent == null) {
      throw mismatch(e, "no packet came", line(from, p), "nothing until " + seconds(micros()));
    }
    LivePacket live = LivePacket.of(sent.packet(), settings.udpEncapsulation());
    long at = (sent.nanos() - start) / MICRO;
    String difference = check.difference(p, live, flow, slack(from));
    boolean absolute = p.body() instanceof PacketSpec.Tcp t && t.absoluteSeq();
    String actual = seconds(at) + " > " + PacketText.of(live, flow, absolute);
    if (difference == null && !any && (at < from - slack(from) || at > to + slack(from))) {
      difference = "time: expected " + seconds(from) + ", actual " + seconds(at);
    }
    note("sent    " + actual);
    if (difference == null) {
      return;
    }
    Failed f = mismatch(e, difference, line(from, p), actual);
    if (!settings.nonFatalPackets()) {
      throw f;
    }
    warnings.add(String.valueOf(f.getMessage()));
  }

  private static String line(long at, PacketSpec p) {
    return seconds(at) + " > " + PacketText.of(p);
  }

  /** The next packet of the flow, or null when none comes until {@code last}; others are passed. */
  private Tun.@Nullable Sent next(Flow flow, PacketSpec p, long last) throws Failed {
    Tun tun = bed.tun();
    while (true) {
      bed.settle();
      tryPending();
      for (Tun.Sent sent = tun.poll(); sent != null; sent = tun.poll()) {
        LivePacket live = LivePacket.of(sent.packet(), settings.udpEncapsulation());
        if (flows.claims(flow, p, live)) {
          return sent;
        }
        note(
            "other   %s > %s"
                .formatted(
                    seconds((sent.nanos() - start) / MICRO), PacketText.of(live, flow, false)));
      }
      if (micros() >= last) {
        return null;
      }
      bed.until(() -> !tun.isEmpty() || pending != null && pendingMoves(), start + last * MICRO);
    }
  }

  // ---- calls ----

  private void call(Event e, Call c, long end) throws Failed {
    Calls.Started s;
    try {
      s = calls.start(c);
    } catch (Arguments.Bad x) {
      throw failed(e, c + ": " + x.getMessage());
    }
    Returned r = attempt(s.attempt());
    if (r == null && !s.blocks()) {
      r = Returned.failed(Errno.EAGAIN);
    }
    if (r == null && end >= 0) {
      pending = new Pending(e, c, s.attempt(), end);
      note("blocks  %s %s".formatted(seconds(micros()), c));
      return;
    }
    if (r == null) {
      r = await(s.attempt());
    }
    if (r == null) {
      throw failed(e, c + ": blocks for ever");
    }
    if (end >= 0 && Math.abs(micros() - end) > slack(end)) {
      throw failed(e, c + ": expected to block until " + seconds(end) + ", returned at once");
    }
    compare(e, c, r);
    bed.settle();
  }

  /** Lets time pass until the call returns; null when it does not. */
  private @Nullable Returned await(Calls.Attempt attempt) {
    moved = null;
    bed.until(() -> moves(attempt), start + (micros() + PATIENCE) * MICRO);
    Returned r = moved;
    moved = null;
    return r;
  }

  private void compare(Event e, Call c, Returned r) throws Failed {
    note("call    %s %s: %s".formatted(seconds(micros()), c, r));
    String bad = difference(c, r);
    if (bad == null) {
      return;
    }
    if (!settings.nonFatalCalls()) {
      throw failed(e, bad);
    }
    warn(e, bad);
  }

  private static @Nullable String difference(Call c, Returned r) {
    String mismatch = r.mismatch();
    if (mismatch != null && r.value() < 0) { // it could not even be made
      return c + ": " + mismatch;
    }
    String expected = c.errno() == null ? c.result().toString() : c.result() + " " + c.errno();
    boolean errnoAgrees =
        c.errno() == null ? r.errno() == null : Symbols.errno(c.errno()) == r.errno();
    boolean valueAgrees;
    try {
      valueAgrees =
          c.result() instanceof Expression.Any || Arguments.value(c.result()) == r.value();
    } catch (Arguments.Bad x) {
      return c + ": " + x.getMessage();
    }
    if (errnoAgrees && valueAgrees) {
      return mismatch == null ? null : c + ": " + mismatch;
    }
    return c + ": expected " + expected + ", actual " + r;
  }

  // ---- commands ----

  private void command(int line, int column, String text) throws Failed {
    Commands.Ended ended = commands.run(text);
    bed.settle();
    note("command %s `%s`: %d".formatted(seconds(micros()), text, ended.status()));
    if (ended.status() != 0) {
      String said = (ended.err().isBlank() ? ended.out() : ended.err()).strip();
      throw new Failed(
          "%s:%d:%d: command `%s` ended with status %d%s"
              .formatted(
                  name, line, column, text, ended.status(), said.isEmpty() ? "" : ": " + said));
    }
  }

  /** Code looks at the socket under test. */
  private void code(Event e, Event.Code c) throws Failed {
    try {
      String bad = Assertion.check(c.text(), calls.info(flows.current()));
      if (!bad.isEmpty()) {
        throw failed(e, bad);
      }
    } catch (Assertion.Foreign x) {
      warn(e, String.valueOf(x.getMessage()));
    }
  }

  // ---- words ----

  private void note(String text) {
    if (log != null) {
      log.add(text);
    }
  }

  private void warn(Event e, String text) {
    warnings.add("%s:%d:%d: warning: %s".formatted(name, e.line(), e.column(), text));
  }

  private Failed failed(Event e, String text) {
    return new Failed("%s:%d:%d: %s".formatted(name, e.line(), e.column(), text));
  }

  private Failed mismatch(Event e, String text, String expected, String actual) {
    return failed(e, text + "\n  expected: " + expected + "\n  actual:   " + actual);
  }
}
