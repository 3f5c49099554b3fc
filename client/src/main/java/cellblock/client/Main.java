package cellblock.client;

import cellblock.control.session.Body;
import cellblock.control.session.FrameChannel;
import cellblock.control.session.FrameType;
import cellblock.control.session.Hello;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import jdk.net.ExtendedSocketOptions;

/** {@code Main TOOL ARG...}: one tool call against the kernel that CELLBLOCK_SOCKET names. */
public final class Main {
  /** Exit status when there is no kernel to ask. */
  static final int NO_KERNEL = 69;

  private Main() {}

  /** Makes the call and never returns. */
  public static void main(String[] argv) {
    if (argv.length == 0) {
      end("usage: cellblock TOOL [ARG ...]", 64);
    }
    if (argv[0].equals("@train")) {
      Train.run();
      argv = new String[] {"@tools"};
    }
    String name = argv[0].startsWith("@") ? "cellblock" : argv[0];
    Caller caller = Caller.read(argv);
    String named = caller.named();
    String path = named.isEmpty() ? caller.usual() : named;
    Hello hello =
        new Hello(
            ProcessHandle.current().pid(),
            argv[0],
            Arrays.asList(caller.args()),
            caller.cwd(),
            caller.env());
    byte[] body = hello.encode();
    if (body.length >= FrameType.MAX_FRAME) {
      end(name.concat(": arguments and environment too long"), 1);
    }
    try {
      FrameChannel channel = new FrameChannel(connect(path, named.isEmpty(), name));
      Signals signals = new Signals(channel);
      channel.write(FrameType.HELLO, body);
      Runtime.getRuntime().halt(new Call(name, channel, signals).run());
    } catch (IOException e) {
      end(
          name.concat(": connection to the kernel lost: ").concat(String.valueOf(e.getMessage())),
          NO_KERNEL);
    }
  }

  private static SocketChannel connect(String path, boolean usual, String tool) {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(path));
      if (usual && !isOurs(channel)) {
        end(tool.concat(": the kernel at ").concat(path).concat(" is another user's"), NO_KERNEL);
      }
      return channel;
    } catch (SocketException e) {
      if (path.length() > 100 && String.valueOf(e.getMessage()).contains("too long")) {
        end(tool.concat(": socket path too long: ").concat(path), NO_KERNEL);
      }
      end(tool.concat(": no kernel at ").concat(path).concat(" (cellblock start)"), NO_KERNEL);
    } catch (IOException | RuntimeException e) {
      end(
          tool.concat(": ").concat(path).concat(": ").concat(String.valueOf(e.getMessage())),
          NO_KERNEL);
    }
    throw new IllegalStateException();
  }

  /** Anybody may make a folder in /tmp: a stranger's kernel must not tell us what to execute. */
  private static boolean isOurs(SocketChannel channel) throws IOException {
    return !channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)
        || channel
            .getOption(ExtendedSocketOptions.SO_PEERCRED)
            .user()
            .getName()
            .equals(System.getProperty("user.name"));
  }

  /** Says {@code message} on standard error and ends. */
  static void end(String message, int status) {
    Streams.err(Body.of(message.concat("\n")));
    Runtime.getRuntime().halt(status);
  }
}
