package cellblock.daemon;

import cellblock.control.KernelError;
import cellblock.control.session.Body;
import cellblock.control.session.Frame;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import cellblock.control.session.Hello;
import cellblock.control.session.ProtocolError;
import cellblock.control.tool.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection: greets the client, runs its tool on a thread of its own, and takes the client's
 * frames meanwhile. A client that breaks the rules or goes away ends this session and nothing else;
 * its tool is interrupted.
 */
final class Session {
  private static final Duration GREETING = Duration.ofSeconds(10);
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final SocketChannel socket;
  private final FrameChannel channel;
  private final ControlServer.Shared shared;

  Session(SocketChannel socket, ControlServer.Shared shared) {
    this.socket = socket;
    this.channel = new FrameChannel(socket);
    this.shared = shared;
  }

  /** Serves until the call has ended. */
  void run() throws IOException {
    try {
      Hello hello = greet();
      if (hello != null) {
        call(hello);
      }
    } catch (ProtocolError e) {
      String words = String.valueOf(e.getMessage());
      shared.log().line("client refused: " + words);
      refuse(words);
    }
  }

  /**
   * Last words, for a client that listens within a while. Closing with bytes unread would take them
   * back: reads those too.
   */
  private void refuse(String words) throws IOException {
    Thread late = Thread.ofVirtual().start(() -> expire(LINGER));
    channel.write(FrameType.REFUSE, Body.of(words));
    socket.shutdownOutput();
    ByteBuffer sink = ByteBuffer.allocate(FrameType.MAX_DATA);
    int n = 0;
    for (int total = 0; n >= 0 && total < FrameType.MAX_FRAME; total += n) {
      n = socket.read(sink.clear());
    }
    late.interrupt();
  }

  private @Nullable Hello greet() throws IOException {
    Thread late = Thread.ofVirtual().start(() -> expire(GREETING));
    Frame frame = channel.read(FrameType.MAX_FRAME);
    late.interrupt();
    if (frame == null) {
      return null;
    }
    if (frame.type() != FrameType.HELLO) {
      throw new ProtocolError("not a Cellblock client");
    }
    return Hello.decode(frame.body());
  }

  /** Runs on a thread of its own: the host's time is meant, a client is the host's process. */
  private void expire(Duration time) {
    try {
      Thread.sleep(time);
      shared.log().line("client too slow");
      socket.close();
    } catch (InterruptedException e) {
      // In time.
    } catch (IOException e) {
      // Closed all the same.
    }
  }

  private void call(Hello hello) throws IOException {
    Map<String, String> env = Mark.environment(hello.env());
    Pace pace = shared.pace();
    ClientMoves moves = new ClientMoves(hello.pid());
    Outgoing outgoing = new Outgoing(channel, pace, moves);
    ClientCall call = new ClientCall(hello, env, outgoing, moves, shared);
    pace.called(call, () -> runTool(call, outgoing));
    try {
      while (true) {
        Frame frame = channel.read(FrameType.MAX_DATA + 1);
        if (frame == null) {
          return;
        }
        take(frame, call);
        moves.received(frame.type());
      }
    } catch (ClosedChannelException e) {
      // This side closed it: the call has ended.
    } finally {
      pace.gone(
          call,
          () -> {
            outgoing.stop();
            call.hangUp();
          });
    }
  }

  private void take(Frame frame, ClientCall call) throws ProtocolError {
    switch (frame.type()) {
      case FrameType.STDIN -> call.streams().arrived(frame.body());
      case FrameType.SIGNAL -> {
        String name = Body.text(frame);
        shared.pace().told(call, () -> call.signal(name));
      }
      case FrameType.SYNCED -> {
        // That is all it says.
      }
      case FrameType.CHILD_STARTED -> call.child().started(Body.reading(frame.body()).getLong());
      case FrameType.CHILD_EXIT -> call.child().exited(Body.reading(frame.body()).getInt());
      case FrameType.CHILD_FAILED -> call.child().failed(Body.reading(frame.body()).getInt());
      default -> throw new ProtocolError("unexpected message");
    }
  }

  private void runTool(ClientCall call, Outgoing outgoing) {
    try {
      int status = status(call);
      call.streams().flush();
      outgoing.send(FrameType.EXIT, Body.of(status));
      outgoing.finish();
      socket.shutdownOutput();
    } catch (InterruptedException e) {
      // The client has gone.
    } catch (IOException e) {
      // So has this one; its tool's output with it.
    }
  }

  private int status(ClientCall call) throws InterruptedException {
    String name = call.hello().tool();
    if (name.startsWith("@")) {
      return own(name, call);
    }
    Tool tool = shared.door().tool(name);
    if (tool == null) {
      call.streams().err().println("cellblock: " + name + ": no such tool");
      return 127;
    }
    Mark mark = shared.processes().recognise(call.hello().pid(), call.env());
    ToolRun run = new ToolRun(name, tool, shared);
    try {
      return run.run(
          signalled -> shared.door().join(mark.jail(), mark.fib(), name, signalled),
          port -> call.context(run, port));
    } catch (KernelError e) {
      int jid = shared.door().jid(mark.jail());
      call.streams().err().println(name + ": jail " + jid + ": " + e.getMessage());
      return 1;
    }
  }

  private int own(String name, ClientCall call) throws InterruptedException {
    switch (name) {
      case "@status" -> shared.door().status().forEach(call.streams().out()::println);
      case "@tools" -> shared.door().toolNames().forEach(call.streams().out()::println);
      case "@stop" -> shared.stop().run();
      default -> {
        call.streams().err().println("cellblock: " + name + ": no such request");
        return 64;
      }
    }
    return 0;
  }
}
