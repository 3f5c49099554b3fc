package cellblock.userland.jail;

import cellblock.control.JailRequest.JailInfo;
import cellblock.control.JailRequest.Param;
import cellblock.userland.jail.Invocation.Op;
import cellblock.userland.jail.ParamCheck.Derived;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one command on a set of jails: settles for each what the command means in its present
 * state, then stops, then changes and starts, in the order of their dependencies. Descends from the
 * main loop of usr.sbin/jail/jail.c.
 */
final class Work {
  /** A jail that the command line asked for; {@code wild} if by a wildcard or by no name at all. */
  record Target(JailRecord jail, boolean wild) {}

  /** What is to be done with a jail, and what was found out about it. */
  private static final class Job {
    private final Derived derived;
    private final JailCalls calls;
    private final Op op;
    private final boolean restart;

    Job(Derived derived, JailCalls calls, Op op, boolean restart) {
      this.derived = derived;
      this.calls = calls;
      this.op = op;
      this.restart = restart;
    }
  }

  private final Session session;
  private final Invocation call;
  private final Dependencies dependencies;
  private final Map<JailRecord, Job> jobs = new LinkedHashMap<>();
  private final Set<JailRecord> wild = new LinkedHashSet<>();
  private final Set<JailRecord> implied = new LinkedHashSet<>();
  private boolean good = true;

  Work(Session session, Invocation call, Dependencies dependencies) {
    this.session = session;
    this.call = call;
    this.dependencies = dependencies;
  }

  /** Does it; messages have been printed where the result is false. */
  boolean run(List<Target> targets) throws InterruptedException {
    for (Target target : targets) {
      if (target.wild()) {
        wild.add(target.jail());
      }
      prepare(target.jail());
    }
    stopAll();
    startAll();
    return good;
  }

  private void prepare(JailRecord jail) {
    if (jobs.containsKey(jail)) {
      return;
    }
    if (jail.failed()) {
      good = false;
      return;
    }
    Job job = examine(jail);
    if (job == null) {
      jail.fail();
      good = false;
    } else {
      jobs.put(jail, job);
    }
  }

  /** Checks a jail's parameters and looks whether it runs. */
  private @Nullable Job examine(JailRecord jail) {
    if (call.dying()) {
      jail.add(CommandParam.ALLOW_DYING.text(), null);
    }
    boolean sets = call.has(Op.START) || call.has(Op.SET);
    Derived derived = ParamCheck.of(session, jail, !sets);
    List<Param> params = List.of();
    if (derived.good() && sets) {
      List<Param> imported = KernelParams.of(session, jail);
      if (imported == null) {
        return null;
      }
      params = imported;
    }
    if (!derived.good()) {
      return null;
    }
    if (jail.jid() == 0) {
      jail.setJid(runningJid(jail));
    }
    return decide(jail, derived, new JailCalls(session, jail, params));
  }

  private int runningJid(JailRecord jail) {
    String jid = jail.string("jid");
    if (jid != null && !Names.numeric(jid)) {
      return JailRecord.NOT_RUNNING;
    }
    String key = jid == null ? jail.string("name") : jid;
    JailInfo info = key == null ? null : session.running(key, call.onlyStop());
    return info == null ? JailRecord.NOT_RUNNING : info.jid();
  }

  /** Where the command names several operations, the state of the jail chooses. */
  private @Nullable Job decide(JailRecord jail, Derived derived, JailCalls calls) {
    boolean runs = jail.jid() > 0;
    boolean start = call.has(Op.START);
    boolean set = call.has(Op.SET);
    boolean stop = call.has(Op.STOP);
    if (call.has(Op.CLEANUP)) {
      return new Job(derived, calls, Op.CLEANUP, false);
    }
    if (set && stop && !start && !runs) {
      jail.quoted("not found", "no jail specified");
      return null;
    }
    if (set && (start || stop)) {
      if (!runs) {
        return new Job(derived, calls, Op.START, false);
      }
      boolean restart = stop && !calls.createOnlyUnchanged(false);
      return new Job(derived, calls, restart ? Op.STOP : Op.SET, restart);
    }
    Op op = stop ? Op.STOP : set ? Op.SET : Op.START;
    return new Job(derived, calls, op, stop && start);
  }

  private void stopAll() throws InterruptedException {
    List<JailRecord> asked = with(Op.STOP);
    for (JailRecord jail : dependencies.stopOrder(asked)) {
      if (!asked.contains(jail)) {
        imply(jail);
      }
      stop(jail);
    }
  }

  private void stop(JailRecord jail) throws InterruptedException {
    Job job = jobs.get(jail);
    if (job == null || jail.failed() || skipped(jail, dependencies.neededBy(jail))) {
      good &= job != null && !jail.failed();
      return;
    }
    if (jail.jid() < 0) {
      if (!wild.contains(jail) && !implied.contains(jail)) {
        if (!session.quiet()) {
          jail.quoted("not found", "no jail specified");
        }
        jail.fail();
        good = false;
      }
      return;
    }
    good &= new JailRun(session, jail, job.derived, job.calls).stop();
  }

  private void startAll() throws InterruptedException {
    List<JailRecord> asked = new ArrayList<>();
    for (Map.Entry<JailRecord, Job> entry : ordered()) {
      Job job = entry.getValue();
      if (job.op != Op.STOP || job.restart && !implied.contains(entry.getKey())) {
        asked.add(entry.getKey());
      }
    }
    List<JailRecord> starts =
        asked.stream().filter(jail -> starts(jail)).collect(Collectors.toList());
    Set<JailRecord> all = new LinkedHashSet<>(dependencies.startOrder(starts));
    all.addAll(asked);
    for (JailRecord jail : all) {
      if (!asked.contains(jail)) {
        imply(jail);
      }
      session.checkpoint();
      begin(jail, asked.contains(jail));
    }
  }

  private boolean starts(JailRecord jail) {
    Job job = jobs.get(jail);
    return job != null && (job.op == Op.START || job.restart);
  }

  private void begin(JailRecord jail, boolean asked) throws InterruptedException {
    Job job = jobs.get(jail);
    if (job == null || jail.failed()) {
      good = false;
      return;
    }
    JailRun run = new JailRun(session, jail, job.derived, job.calls);
    if (job.op == Op.CLEANUP) {
      good &= cleanup(jail, run);
    } else if (asked && job.op == Op.SET) {
      good &= change(jail, job);
    } else {
      start(jail, job, run);
    }
  }

  private void start(JailRecord jail, Job job, JailRun run) throws InterruptedException {
    boolean quietly = wild.contains(jail) || implied.contains(jail);
    if (jail.jid() > 0 && !quietly) {
      jail.quoted("already exists", "already exists");
      jail.fail();
      good = false;
    } else if (skipped(jail, dependencies.needsOf(jail))) {
      good = false;
    } else if (jail.jid() > 0 || run.start()) {
      note(jail);
    } else {
      good = false;
    }
  }

  private boolean change(JailRecord jail, Job job) {
    boolean done = false;
    if (jail.jid() < 0) {
      jail.quoted("not found", "no jail specified");
    } else {
      done = job.calls.update();
    }
    if (!done) {
      jail.fail();
    }
    return done;
  }

  private boolean cleanup(JailRecord jail, JailRun run) throws InterruptedException {
    if (jail.jid() > 0) {
      if (wild.contains(jail)) {
        return true;
      }
      jail.quoted("already exists", "already exists");
      return false;
    }
    return run.cleanup();
  }

  /** A jail whose neighbour failed is left alone. */
  private boolean skipped(JailRecord jail, List<JailRecord> neighbours) {
    if (neighbours.stream().noneMatch(JailRecord::failed)) {
      return false;
    }
    if (!session.quiet() && !implied.contains(jail)) {
      jail.warnx("skipped");
    }
    jail.fail();
    return true;
  }

  private void imply(JailRecord jail) {
    implied.add(jail);
    prepare(jail);
  }

  private List<JailRecord> with(Op op) {
    return ordered().stream()
        .filter(entry -> entry.getValue().op == op)
        .map(Map.Entry::getKey)
        .collect(Collectors.toList());
  }

  /** The jobs in the order in which they were asked for. */
  private List<Map.Entry<JailRecord, Job>> ordered() {
    return List.copyOf(jobs.entrySet());
  }

  /** Writes the jail into the file of {@code -J}. */
  private void note(JailRecord jail) {
    String file = call.jidFile();
    if (file == null) {
      return;
    }
    Path path = session.context().cwd().resolve(file);
    try (PrintStream out = new PrintStream(path.toFile(), StandardCharsets.UTF_8)) {
      StringBuilder line = new StringBuilder("jid=" + jail.jid());
      for (JailParam param : jail.params()) {
        if (!param.name().equals("jid")) {
          line.append(' ').append(param.name());
          String values =
              param.values().stream().map(Quoting::quoted).collect(Collectors.joining(","));
          line.append(param.values().isEmpty() ? "" : "=" + values);
        }
      }
      out.println(line);
    } catch (IOException e) {
      session.err().warnx("open " + file + ": No such file or directory");
      good = false;
    }
  }
}
