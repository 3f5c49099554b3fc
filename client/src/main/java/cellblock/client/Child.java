package cellblock.client;

import cellblock.control.session.Body;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import cellblock.control.session.Launch;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A host program run by the client: as a child with the client's own streams, terminal and process
 * group, or in the client's place. Where native access is refused a {@link ProcessBuilder} does
 * both.
 */
final class Child extends Thread {
  private final Launch launch;
  private final FrameChannel channel;
  private final Signals signals;

  private Child(Launch launch, FrameChannel channel, Signals signals) {
    super("child");
    this.launch = launch;
    this.channel = channel;
    this.signals = signals;
  }

  /** Starts the child; a thread of its own awaits it and reports. */
  static void spawn(Launch launch, FrameChannel channel, Signals signals) {
    Thread thread = new Child(launch, channel, signals);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      int pid;
      try {
        pid = nativeSpawn(launch);
      } catch (Libc.Failure e) {
        if (e.errno > 0) {
          channel.write(FrameType.CHILD_FAILED, Body.of(e.errno));
        } else {
          portableSpawn();
        }
        return;
      }
      channel.write(FrameType.CHILD_STARTED, Body.of((long) pid));
      if (!launch.background()) {
        signals.child(pid);
        int status = Libc.await(pid);
        signals.child(0);
        channel.write(FrameType.CHILD_EXIT, Body.of(status));
      }
    } catch (IOException e) {
      // The main thread reads the same end of the connection.
    }
  }

  private static int nativeSpawn(Launch launch) throws Libc.Failure {
    Descriptors.closeOnExec();
    Libc.chdir(launch.cwd());
    long before = launch.mark() == 0 ? 0 : Libc.mark(launch.mark());
    long mask = Descriptors.originalMask();
    try {
      try {
        return Libc.spawn(launch, mask);
      } catch (Libc.Failure e) {
        if (e.errno != Libc.ENOEXEC) {
          throw e;
        }
        return Libc.spawn(shell(launch), mask);
      }
    } finally {
      if (before != 0) {
        Libc.mark(before);
      }
    }
  }

  /** A file without "#!" is the shell's, as execvp(3) has it. */
  private static List<String> script(Launch launch) {
    List<String> argv = new ArrayList<>(launch.argv());
    argv.set(0, "sh");
    argv.add(1, launch.path());
    return argv;
  }

  private static Launch shell(Launch launch) {
    return new Launch(
        "/bin/sh",
        script(launch),
        launch.env(),
        launch.cwd(),
        launch.mark(),
        launch.output(),
        launch.background());
  }

  private void portableSpawn() throws IOException {
    Process process = portable(launch);
    channel.write(FrameType.CHILD_STARTED, Body.of(process.pid()));
    signals.child(process.pid());
    if (!launch.background()) {
      channel.write(FrameType.CHILD_EXIT, Body.of(await(process)));
    }
  }

  private static Process portable(Launch launch) throws IOException {
    List<String> argv = new ArrayList<>(launch.argv());
    argv.set(0, launch.path());
    ProcessBuilder builder = new ProcessBuilder(argv).inheritIO().directory(new File(launch.cwd()));
    builder.environment().clear();
    for (String entry : launch.env()) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        builder.environment().put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    if (!launch.output().isEmpty()) {
      File file = new File(launch.output());
      builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(file));
    }
    return builder.start();
  }

  private static int await(Process process) {
    while (true) {
      try {
        return process.waitFor();
      } catch (InterruptedException e) {
        // The main thread ends the process; nobody interrupts this one.
      }
    }
  }

  /** Becomes the program. Returns only by failing, and has told the daemon then. */
  static void exec(Launch launch, FrameChannel channel, Signals signals) throws IOException {
    long before = 0;
    try {
      Libc.chdir(launch.cwd());
      Descriptors.closeOnExec();
      before = launch.mark() == 0 ? 0 : Libc.mark(launch.mark());
      Libc.setMask(Descriptors.originalMask());
      try {
        Libc.execve(launch.path(), launch.argv(), launch.env());
      } catch (Libc.Failure e) {
        if (e.errno != Libc.ENOEXEC) {
          throw e;
        }
        Libc.execve("/bin/sh", script(launch), launch.env());
      }
    } catch (Libc.Failure e) {
      if (e.errno < 0) {
        signals.replacing();
        Process process = portable(launch);
        signals.child(process.pid());
        Runtime.getRuntime().halt(await(process));
      }
      if (before != 0) {
        Libc.mark(before);
      }
      channel.write(FrameType.CHILD_FAILED, Body.of(e.errno));
    }
  }
}
