package cellblock.userland.jail;

import cellblock.userland.jail.ParamCheck.Derived;
import java.util.List;

/**
 * Drives one jail through its steps: forwards to start it, backwards over what was done when a
 * start fails or is interrupted, and through the steps of removal. Descends from next_command() of
 * usr.sbin/jail/command.c; each command is waited for on the spot.
 */
final class JailRun {
  private final Session session;
  private final JailRecord jail;
  private final Derived derived;
  private final JailCalls calls;
  private final HookRunner hooks;

  JailRun(Session session, JailRecord jail, Derived derived, JailCalls calls) {
    this.session = session;
    this.jail = jail;
    this.derived = derived;
    this.calls = calls;
    this.hooks = new HookRunner(session, jail);
  }

  /** Starts the jail; after a failure everything that steps did is undone. */
  boolean start() throws InterruptedException {
    for (int i = 0; i < Step.START.size(); i++) {
      List<String> items = items(Step.START.get(i));
      for (int k = 0; k < items.size(); k++) {
        boolean done = false;
        try {
          session.checkpoint();
          done = attempt(Step.START.get(i), items.get(k), false);
          session.checkpoint();
        } catch (InterruptedException e) {
          jail.fail();
          undo(i, done ? k : k - 1);
          throw e;
        }
        if (!done) {
          jail.fail();
          undo(i, k - 1);
          return false;
        }
      }
    }
    calls.clearPersist();
    return true;
  }

  /** Walks back from the step that failed; a step that cannot be undone stops nothing. */
  private void undo(int failedStep, int lastItem) throws InterruptedException {
    session.shutEars();
    int from = lastItem;
    for (int i = failedStep; i >= 0; i--) {
      Step step = Step.START.get(i);
      if (step.undone()) {
        List<String> items = items(step);
        for (int k = i == failedStep ? from : items.size() - 1; k >= 0; k--) {
          undoOne(step, items.get(k));
        }
      }
    }
    session.openEars();
  }

  /** A caller that goes away in the middle of this does not stop it. */
  private void undoOne(Step step, String item) throws InterruptedException {
    try {
      attempt(step, item, true);
    } catch (InterruptedException e) {
      session.shutEars();
      attempt(step, item, true);
    }
  }

  /**
   * Stops the jail. A hook that fails leaves the jail as it is; once the jail is gone the rest is
   * done come what may.
   */
  boolean stop() throws InterruptedException {
    return walk(Step.STOP);
  }

  /** Does what follows the removal of a jail that is gone already. */
  boolean cleanup() throws InterruptedException {
    return walk(Step.CLEANUP);
  }

  private boolean walk(List<Step> steps) throws InterruptedException {
    boolean good = true;
    for (Step step : steps) {
      List<String> items = items(step);
      boolean reverse = step.kind() == Step.Kind.ALIAS || step.kind() == Step.Kind.MOUNT;
      for (String item : reverse ? items.reversed() : items) {
        session.checkpoint();
        if (!attempt(step, item, true)) {
          jail.fail();
          good = false;
          if (jail.jid() > 0) {
            return false;
          }
        }
      }
    }
    return good;
  }

  private List<String> items(Step step) {
    List<String> items =
        switch (step) {
          case IP4 -> derived.ip4();
          case IP6 -> derived.ip6();
          case FSTAB -> derived.fstab();
          case CREATE_OR_REMOVE, TERMINATE -> List.of("*");
          case DEVFS, FDESCFS, PROCFS -> {
            CommandParam param = step.param();
            yield param != null && jail.isTrue(param) ? List.of(param.text()) : List.of();
          }
          case RUN -> {
            List<String> command = jail.list(CommandParam.COMMAND.text());
            yield jail.name() == null && !command.isEmpty() ? List.of("*") : command;
          }
          default -> {
            CommandParam param = step.param();
            yield param == null ? List.of() : jail.list(param.text());
          }
        };
    return items.stream().filter(item -> !item.isEmpty()).toList();
  }

  private boolean attempt(Step step, String item, boolean down) throws InterruptedException {
    String ifname = jail.string(CommandParam.INTERFACE);
    String other = ifname == null ? "" : ifname;
    return switch (step.kind()) {
      case OPERATION -> down ? calls.remove() : calls.create();
      case TERMINATE -> calls.terminate();
      case MOUNT -> mount(step, item);
      case INTERFACE -> hooks.run(CommandLines.lend(item, calls.shownTo(), down), false, false);
      case ALIAS ->
          hooks.run(
              step == Step.IP4
                  ? CommandLines.inet(item, other, down)
                  : CommandLines.inet6(item, other, down),
              false,
              false);
      case OUTSIDE, INSIDE -> command(step, item);
    };
  }

  private boolean command(Step step, String item) throws InterruptedException {
    boolean inside = step.kind() == Step.Kind.INSIDE;
    if (step == Step.RUN && jail.name() == null) {
      return hooks.run(jail.list(CommandParam.COMMAND.text()), inside, false);
    }
    CommandLines.Command command = CommandLines.hook(item);
    return command.argv().isEmpty() || hooks.run(command.argv(), inside, command.background());
  }

  /** Checks a mount as FreeBSD does before it calls mount(8); there is nothing to mount on here. */
  private boolean mount(Step step, String item) {
    CommandParam param = step.param();
    String name = param == null ? "mount" : param.text();
    if (step == Step.MOUNT || step == Step.FSTAB) {
      if (CommandLines.words(item).size() < 3) {
        jail.warnx(name + ": " + item + ": missing information");
        return false;
      }
    } else if (jail.string("path") == null) {
      jail.warnx(name + ": no path");
      return false;
    }
    if (session.verbose()) {
      session.note(jail, name + ": no effect");
    }
    return true;
  }
}
