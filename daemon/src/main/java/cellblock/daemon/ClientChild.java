package cellblock.daemon;

import cellblock.control.session.FrameType;
import cellblock.control.session.Launch;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host program that a client runs for its tool, one at a time. The client owns the child, so
 * its streams, terminal and process group are the caller's own; the daemon keeps account of it.
 */
final class ClientChild {
  /** Status of a program that was killed because its time was up. */
  static final int TIMED_OUT = 128 + 9;

  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Outgoing channel;
  private final long client;
  private final HostProcesses processes;
  private final Pace pace;
  private final ClientMoves moves;
  private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>(16);

  /** What the client tells of its child. */
  private sealed interface News {
    record Started(long pid) implements News {}

    record Exited(int status) implements News {}

    record Failed(int errno) implements News {}

    record Gone() implements News {}
  }

  /** The program could not be run. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;
    private final int errno;

    Failed(int errno) {
      super("errno " + errno, null, false, false);
      this.errno = errno;
    }

    int errno() {
      return errno;
    }
  }

  ClientChild(Outgoing channel, long client, ControlServer.Shared shared, ClientMoves moves) {
    this.channel = channel;
    this.client = client;
    this.processes = shared.processes();
    this.pace = shared.pace();
    this.moves = moves;
  }

  void started(long pid) {
    news.offer(new News.Started(pid));
  }

  void exited(int status) {
    news.offer(new News.Exited(status));
  }

  void failed(int errno) {
    news.offer(new News.Failed(errno));
  }

  void hangUp() {
    news.offer(new News.Gone());
  }

  /** Runs a program to its end, or to its start when it is for the background; its status. */
  int spawn(Launch launch, int jail, int fib, @Nullable Duration timeout)
      throws IOException, InterruptedException, Failed {
    Birth birth = processes.expect(jail, fib, launch.path());
    processes.exempt(client, true);
    try {
      moves.background(launch.background());
      long pid = start(launch, birth);
      if (launch.background()) {
        return 0;
      }
      int status = awaitExit(pid, timeout);
      processes.ended(pid);
      return status;
    } finally {
      processes.exempt(client, false);
    }
  }

  private long start(Launch launch, Birth birth) throws IOException, InterruptedException, Failed {
    long pid;
    try {
      channel.send(FrameType.SPAWN, launch.encode());
      pid = awaitStart();
    } catch (Failed e) {
      birth.failed();
      throw e;
    } catch (IOException | InterruptedException e) {
      birth.lost();
      throw e;
    }
    birth.born(pid);
    return pid;
  }

  private long awaitStart() throws InterruptedException, Failed {
    while (true) {
      switch (answer()) {
        case News.Started started -> {
          return started.pid();
        }
        case News.Failed failed -> throw new Failed(failed.errno());
        case News.Gone gone -> throw new InterruptedException();
        case News.Exited old -> {
          // Of the child before, whose time was up.
        }
      }
    }
  }

  /** The next news. A tool that was told to go still hears what became of its order. */
  private News answer() throws InterruptedException {
    try {
      return pace.take(news);
    } catch (InterruptedException told) {
      News late = late();
      if (late == null) {
        throw told;
      }
      Thread.currentThread().interrupt();
      return late;
    }
  }

  /** By the host's time, since a client is the host's process; null when nothing came. */
  private @Nullable News late() {
    long end = System.nanoTime() + LATE_NANOS;
    while (true) {
      try {
        return news.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException again) {
        // It is going already.
      }
    }
  }

  private int awaitExit(long pid, @Nullable Duration timeout) throws InterruptedException {
    try {
      News end = timeout == null || timeout.isZero() ? pace.take(news) : pace.poll(news, timeout);
      if (end instanceof News.Exited exited) {
        return exited.status();
      }
      if (end != null) {
        throw new InterruptedException();
      }
      kill(pid);
      return pace.take(news) instanceof News.Exited ? TIMED_OUT : 1;
    } catch (InterruptedException e) {
      kill(pid);
      throw e;
    }
  }

  private void kill(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    pace.signalled();
  }

  /**
   * Has the client become the program, which is a process of the jail already when it starts.
   * Returns only by failing: else the connection ends.
   */
  void exec(Launch launch, int jail, int fib) throws IOException, InterruptedException, Failed {
    processes.register(jail, fib, client, launch.path());
    processes.handOver(client);
    channel.send(FrameType.EXEC, launch.encode());
    News end = pace.take(news);
    if (end instanceof News.Failed failed) {
      processes.unregister(client);
      throw new Failed(failed.errno());
    }
    throw new InterruptedException();
  }
}
