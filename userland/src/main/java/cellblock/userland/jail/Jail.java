package cellblock.userland.jail;

import cellblock.control.JailRequest;
import cellblock.control.JailRequest.JailInfo;
import cellblock.control.KernelError;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.jail.Invocation.Op;
import cellblock.userland.jail.conf.ConfParser;
import cellblock.userland.misc.Err;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * jail(8): makes, changes and removes jails, from the command line or from jail.conf(5). Descends
 * from main() of usr.sbin/jail/jail.c; jails are worked on one after another.
 */
public final class Jail implements Tool {
  /** Where the jails of a command line are looked for. */
  private enum Scope {
    FILE,
    BOTH,
    KERNEL
  }

  @Override
  public int run(ToolContext context) throws InterruptedException {
    Session session;
    try {
      session = new Session(context);
    } catch (KernelError e) {
      new Err(context).warnx(e.text());
      return 1;
    }
    try {
      return run(session, new Invocation(context.args()));
    } catch (InterruptedException e) {
      if (session.signal() == 0) {
        throw e;
      }
      return 128 + session.signal();
    }
  }

  private static int run(Session session, Invocation call) throws InterruptedException {
    if (call.bad()) {
      return usage(session, call.complaint());
    }
    if (call.onlyStop()) {
      return remove(session, call);
    }
    if (call.isDescription()) {
      return described(session, call);
    }
    if (call.raw() || call.noFile()) {
      return usage(session, null);
    }
    List<JailRecord> jails = load(session, call);
    if (jails == null) {
      return 1;
    }
    if (call.has(Op.SHOW)) {
      return show(session, call, jails);
    }
    session.configure(call.verbosity(), call.printJid(), false);
    List<Work.Target> targets = new ArrayList<>();
    boolean good = true;
    List<String> names = call.operands().isEmpty() ? List.of("*") : call.operands();
    for (String name : names) {
      good &= targets(session, name, jails, targets, Scope.FILE);
    }
    if (!good && !call.has(Op.CLEANUP)) {
      return 1;
    }
    return new Work(session, call, new Dependencies(jails)).run(targets) && good ? 0 : 1;
  }

  /** {@code -r} and {@code -R}. */
  private static int remove(Session session, Invocation call) throws InterruptedException {
    List<String> names = call.operands();
    boolean parameters = !call.raw() && names.stream().anyMatch(name -> name.indexOf('=') >= 0);
    if (call.noFile() || names.isEmpty() || parameters) {
      return usage(session, null);
    }
    boolean configured =
        !call.raw()
            && (call.file().equals("-")
                || Files.exists(session.context().cwd().resolve(call.file())));
    List<JailRecord> jails = List.of();
    if (configured) {
      List<JailRecord> loaded = load(session, call);
      if (loaded == null) {
        return 1;
      }
      jails = loaded;
    }
    boolean note = configured || names.size() > 1 || Names.wild(names.getFirst());
    session.configure(call.verbosity(), call.printJid(), note);
    List<Work.Target> targets = new ArrayList<>();
    boolean good = true;
    for (String name : names) {
      good &= targets(session, name, jails, targets, configured ? Scope.BOTH : Scope.KERNEL);
    }
    return new Work(session, call, new Dependencies(jails)).run(targets) && good ? 0 : 1;
  }

  /** One jail, described by the command line. */
  private static int described(Session session, Invocation call) throws InterruptedException {
    if (call.raw()) {
      return usage(session, null);
    }
    session.configure(call.verbosity(), call.printJid(), false);
    JailRecord jail = new JailRecord(null, session.err()::warnx);
    if (!call.oldStyleCommand()) {
      call.takeParameters();
    }
    call.given().forEach(given -> jail.add(given.name(), given.value()));
    Variables.resolve(jail);
    for (String needed : jail.list(CommandParam.DEPEND.text())) {
      if (session.running(needed, false) == null) {
        session.err().warnx("depends on nonexistent jail \"" + needed + "\"");
        jail.fail();
      }
    }
    List<Work.Target> targets = List.of(new Work.Target(jail, false));
    return new Work(session, call, new Dependencies(List.of())).run(targets) ? 0 : 1;
  }

  /** {@code -e}: the names of the configured jails. */
  private static int show(Session session, Invocation call, List<JailRecord> jails) {
    String names =
        jails.stream()
            .map(jail -> Quoting.quoted(String.valueOf(jail.name())))
            .collect(Collectors.joining(call.separator()));
    session.context().out().println(names);
    return 0;
  }

  private static @Nullable List<JailRecord> load(Session session, Invocation call) {
    ToolContext context = session.context();
    ConfParser parser = new ConfParser(new ConfFiles(context.cwd(), context.in()));
    parser.file(call.file(), call.file().equals("-") ? "STDIN" : call.file());
    if (!parser.complaints().lines().isEmpty()) {
      parser.complaints().lines().forEach(session.err()::warnx);
      return null;
    }
    return Config.jails(parser.jails(), session.err()::warnx);
  }

  /** Adds the jails that one word of the command line means. */
  private static boolean targets(
      Session session,
      String word,
      List<JailRecord> jails,
      List<Work.Target> targets,
      Scope scope) {
    int before = targets.size();
    if (Names.wild(word)) {
      for (JailRecord jail : scope == Scope.KERNEL ? running(session) : jails) {
        if (Names.matches(String.valueOf(jail.name()), word)) {
          targets.add(new Work.Target(jail, true));
        }
      }
      return true;
    }
    jails.stream()
        .filter(jail -> word.equals(jail.name()))
        .findFirst()
        .ifPresent(jail -> targets.add(new Work.Target(jail, false)));
    if (targets.size() == before) {
      JailRecord found = scope == Scope.FILE ? null : byKernel(session, word, jails);
      if (found == null) {
        session.err().warnx("\"" + word + "\" not found");
        return false;
      }
      targets.add(new Work.Target(found, false));
    }
    return true;
  }

  /** A running jail that the configuration does not name so, for removal. */
  private static @Nullable JailRecord byKernel(
      Session session, String word, List<JailRecord> jails) {
    JailInfo info = session.running(word, true);
    if (info == null) {
      return null;
    }
    for (JailRecord jail : jails) {
      String jid = jail.string("jid");
      boolean same = info.name().equals(jail.string("name"));
      if (same || Integer.toString(info.jid()).equals(jid)) {
        return jail;
      }
    }
    return record(session, word, info.jid());
  }

  private static List<JailRecord> running(Session session) {
    try {
      return session.context().kernel().ask(new JailRequest.ListAll(false)).stream()
          .map(info -> record(session, info.name(), info.jid()))
          .toList();
    } catch (KernelError e) {
      return List.of();
    }
  }

  private static JailRecord record(Session session, String name, int jid) {
    JailRecord jail = new JailRecord(name, session.err()::warnx);
    jail.setJid(jid);
    return jail;
  }

  private static int usage(Session session, @Nullable String complaint) {
    if (complaint != null) {
      session.err().warnx(complaint);
    }
    session.err().print(Invocation.USAGE);
    return 1;
  }
}
