package cellblock.client;

import cellblock.control.session.Body;
import cellblock.control.session.Frame;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import cellblock.control.session.Launch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One call, from the first frame of the daemon to the last. Runs on the main thread. */
final class Call {
  private final String tool;
  private final FrameChannel channel;
  private final Signals signals;
  private @Nullable Stdin stdin;

  Call(String tool, FrameChannel channel, Signals signals) {
    this.tool = tool;
    this.channel = channel;
    this.signals = signals;
  }

  /** Serves frames until the end; the exit status. */
  int run() throws IOException {
    while (true) {
      Frame frame = channel.read(FrameType.MAX_FRAME);
      if (frame == null) {
        Main.end(tool.concat(": the kernel went away"), Main.NO_KERNEL);
        return Main.NO_KERNEL;
      }
      switch (frame.type()) {
        case FrameType.STDOUT -> {
          if (!Streams.out(frame.body())) {
            return 128 + 13; // as killed by SIGPIPE
          }
        }
        case FrameType.STDERR -> Streams.err(frame.body());
        case FrameType.EXIT -> {
          return Body.reading(frame.body()).getInt();
        }
        case FrameType.SYNC -> channel.write(FrameType.SYNCED, frame.body());
        case FrameType.READ -> read(Body.reading(frame.body()).getInt());
        case FrameType.CATCH -> signals.forward(Body.text(frame));
        case FrameType.SPAWN -> Child.spawn(Launch.decode(frame.body()), channel, signals);
        case FrameType.EXEC -> Child.exec(Launch.decode(frame.body()), channel, signals);
        case FrameType.KILL_CHILD -> signals.killChild(Body.text(frame));
        case FrameType.REFUSE -> {
          Main.end(tool.concat(": ").concat(Body.text(frame)), Main.NO_KERNEL);
        }
        default -> Main.end(tool.concat(": kernel of another version"), Main.NO_KERNEL);
      }
    }
  }

  private void read(int most) {
    if (stdin == null) {
      stdin = new Stdin(channel);
      stdin.setDaemon(true);
      stdin.start();
    }
    stdin.ask(most);
  }
}
