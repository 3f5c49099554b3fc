package cellblock.client;

import cellblock.control.session.Body;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import java.io.IOException;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The signals of the client: sent on to a tool that catches them; else the client dies of them, so
 * that its shell sees a death by signal. A signal that is ignored from the start (nohup, a
 * background job of sh) stays ignored until the tool asks for it.
 */
final class Signals implements SignalHandler {
  private final FrameChannel channel;
  private volatile boolean catchInt;
  private volatile boolean catchTerm;
  private volatile boolean catchHup;
  private volatile long child;
  private volatile boolean replaced;

  Signals(FrameChannel channel) {
    this.channel = channel;
    take("INT", false);
    take("TERM", false);
    take("HUP", false);
  }

  private void take(String name, boolean insist) {
    Signal signal = new Signal(name);
    SignalHandler before = Signal.handle(signal, this);
    if (before == SignalHandler.SIG_IGN) {
      if (insist) {
        Libc.signalDefault(signal.getNumber());
        Signal.handle(signal, this);
      } else {
        Signal.handle(signal, SignalHandler.SIG_IGN);
      }
    }
  }

  /** The tool catches this signal from now on. */
  void forward(String name) {
    switch (name) {
      case "INT" -> catchInt = true;
      case "TERM" -> catchTerm = true;
      case "HUP" -> catchHup = true;
      default -> {
        return; // no such signal here, for example SIGINFO on Linux
      }
    }
    take(name, true);
  }

  /** A child runs (its pid) or no longer (0). */
  void child(long pid) {
    child = pid;
  }

  /** A child is about to stand for this process: every signal from now on is its. */
  void replacing() {
    replaced = true;
  }

  /** Signals the child that runs, if one does. */
  void killChild(String name) {
    long pid = child;
    if (pid > 0) {
      Libc.kill(pid, new Signal(name).getNumber());
    }
  }

  @Override
  public void handle(Signal signal) {
    String name = signal.getName();
    boolean caught =
        switch (name) {
          case "INT" -> catchInt;
          case "TERM" -> catchTerm;
          default -> catchHup;
        };
    try {
      if (replaced) {
        while (child == 0) {
          Thread.onSpinWait(); // until it has been started
        }
        Libc.kill(child, signal.getNumber());
      } else if (child > 0 && name.equals("INT") && Libc.inForeground()) {
        // As system(3): the terminal has told the child, and the child decides what it means.
        return;
      } else if (caught) {
        channel.write(FrameType.SIGNAL, Body.of(name));
      } else if (child > 0 && name.equals("INT")) {
        Libc.kill(child, signal.getNumber());
      } else {
        Libc.dieOf(signal.getNumber());
      }
    } catch (IOException e) {
      Libc.dieOf(signal.getNumber());
    }
  }
}
