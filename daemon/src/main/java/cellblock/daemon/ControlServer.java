package cellblock.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/** Accepts clients of the socket's owner, each on a virtual thread. */
final class ControlServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 4096;
  private static final int LAST_ROUNDS = 100;
  private static final int LAST_PAUSE_MILLIS = 5;

  private final SocketPath place;
  private final ServerSocketChannel listener;
  private final Shared shared;
  private final String owner;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * What all sessions share: the kernel, its processes, the socket's name, the folder of the tools'
   * shims ("" when there is none), and a way to stop.
   */
  record Shared(
      Door door,
      HostProcesses processes,
      Pace pace,
      String socket,
      String bin,
      Stop stop,
      Log log) {}

  /** Asks for a stop of the kernel and waits until it is gone. */
  @FunctionalInterface
  interface Stop {
    void run() throws InterruptedException;
  }

  /** One line of a daemon's log. */
  @FunctionalInterface
  interface Log {
    void line(String text);
  }

  private ControlServer(
      SocketPath place,
      ServerSocketChannel listener,
      Door door,
      HostProcesses processes,
      Pace pace,
      String bin,
      Log log)
      throws IOException {
    this.place = place;
    this.listener = listener;
    this.shared =
        new Shared(door, processes, pace, place.path().toString(), bin, this::stopFully, log);
    this.owner = Files.getOwner(place.path()).getName();
  }

  /** Binds and begins to accept. The place is closed with the server. */
  static ControlServer start(
      SocketPath place, Door door, HostProcesses processes, String bin, Log log) throws UserError {
    return start(place, door, processes, new RealPace(), bin, log);
  }

  /** The same at another pace. */
  static ControlServer start(
      SocketPath place, Door door, HostProcesses processes, Pace pace, String bin, Log log)
      throws UserError {
    Path path = place.path();
    try {
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(path), 256);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      ControlServer server = new ControlServer(place, listener, door, processes, pace, bin, log);
      Thread.ofVirtual().name("accept").start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UserError("cannot use " + path + ": " + SocketPath.words(e));
    }
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel client = listener.accept();
        if (open.size() >= MAX_CONNECTIONS || !isOwner(client)) {
          shared.log().line("connection refused: not the owner, or too many");
          client.close();
          continue;
        }
        open.add(client);
        Thread.ofVirtual().name("client").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        shared.log().line("accept: " + e.getMessage());
        Thread.onSpinWait();
      }
    }
  }

  private boolean isOwner(SocketChannel client) throws IOException {
    return !client.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)
        || client.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName().equals(owner);
  }

  private void serve(SocketChannel client) {
    try (client) {
      new Session(client, shared).run();
    } catch (IOException e) {
      shared.log().line("client: " + e.getMessage());
    } finally {
      open.remove(client);
    }
  }

  /** Waits until a client asks the kernel to stop. */
  void awaitStop() throws InterruptedException {
    stop.await();
  }

  /** Asks for a stop, as a client does. */
  void requestStop() {
    stop.countDown();
  }

  private void stopFully() throws InterruptedException {
    stop.countDown();
    stopped.await();
  }

  /**
   * The kernel is gone: frees its place for the next, then tells those who wait for it, and gives
   * them a moment to hear it.
   */
  void kernelStopped() throws InterruptedException {
    closeListener();
    place.close();
    stopped.countDown();
    for (int round = 0; round < LAST_ROUNDS && !open.isEmpty(); round++) {
      TimeUnit.MILLISECONDS.sleep(LAST_PAUSE_MILLIS);
    }
  }

  private void closeListener() {
    try {
      listener.close();
    } catch (IOException e) {
      shared.log().line("close: " + e.getMessage());
    }
  }

  /** Accepts nobody any more and ends every conversation. */
  @Override
  public void close() {
    closeListener();
    try {
      for (SocketChannel client : open) {
        client.close();
      }
    } catch (IOException e) {
      shared.log().line("close: " + e.getMessage());
    }
    place.close();
  }
}
