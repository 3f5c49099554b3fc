package cellblock.daemon;

import cellblock.control.KernelPort;
import cellblock.control.session.Body;
import cellblock.control.session.FrameType;
import cellblock.control.session.Hello;
import cellblock.control.tool.Invocation;
import cellblock.control.tool.ToolStreams;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One call of one client: what its tool, and the tools that this one runs, have in common. */
final class ClientCall {
  private final Hello hello;
  private final Map<String, String> env;
  private final Outgoing channel;
  private final ClientStreams streams;
  private final ControlServer.Shared shared;
  private final ClientChild child;
  private final ClientMoves moves;
  private final List<ToolRun> runs = new CopyOnWriteArrayList<>();
  private final Terminal terminal;
  private volatile @Nullable Thread thread;

  ClientCall(
      Hello hello,
      Map<String, String> env,
      Outgoing channel,
      ClientMoves moves,
      ControlServer.Shared shared) {
    this.hello = hello;
    this.env = env;
    this.channel = channel;
    this.moves = moves;
    this.streams = new ClientStreams(channel, shared.pace());
    this.shared = shared;
    this.child = new ClientChild(channel, hello.pid(), shared, moves);
    this.terminal = new Terminal(hello.pid());
  }

  Hello hello() {
    return hello;
  }

  Map<String, String> env() {
    return env;
  }

  ClientStreams streams() {
    return streams;
  }

  ControlServer.Shared shared() {
    return shared;
  }

  ClientMoves moves() {
    return moves;
  }

  /** The thread that serves this call; it is interrupted when the client goes. */
  void thread(Thread serving) {
    thread = serving;
  }

  ClientChild child() {
    return child;
  }

  Terminal terminal() {
    return terminal;
  }

  /** The context of the tool that the client called. */
  ClientContext context(ToolRun run, KernelPort port) {
    ToolStreams given = new ToolStreams(streams.in(), streams.out(), streams.err(), env, -1);
    return new ClientContext(this, run, new Invocation(hello.tool(), hello.args(), given, port));
  }

  /** Has the client answer: everything it said before has been heard then. */
  void askAgain() {
    channel.sync();
  }

  /** A tool of this call begins to run. */
  void begins(ToolRun run) {
    runs.add(run);
  }

  void ended(ToolRun run) {
    runs.remove(run);
  }

  /** From now on the client sends that signal instead of dying of it. */
  void onSignal(String name) {
    try {
      channel.send(FrameType.CATCH, Body.of(name));
    } catch (IOException e) {
      // The client has gone, and the tool is about to be told.
    }
  }

  /**
   * A signal arrived: every tool that wants it is told, as a terminal tells a process group. When
   * those that wanted it have ended, it is fatal again. Runs on the session's thread.
   */
  void signal(String name) {
    boolean taken = false;
    for (ToolRun run : runs) {
      taken |= run.handle(name);
    }
    if (!taken) {
      runs.forEach(run -> run.signal(name));
    }
  }

  /** The client has gone. */
  void hangUp() {
    streams.hangUp();
    child.hangUp();
    Thread serving = thread;
    if (serving != null) {
      serving.interrupt();
    }
  }
}
