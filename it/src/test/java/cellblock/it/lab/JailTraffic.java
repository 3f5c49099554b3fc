package cellblock.it.lab;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.wire.Checksum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What goes on all the time between the host and jails that come and go: echo requests to each, and
 * a connection to each that carries data back and forth for as long as it holds. Threads of its
 * own, in real time; {@link #pause} holds them between two exchanges.
 */
final class JailTraffic implements AutoCloseable {
  static final int PORT = 9999;
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration MOMENT = Duration.ofNanos(300_000);
  private static final int PIECE = 1400;

  private final KernelPort host;
  private final List<String> addresses;
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong cut = new AtomicLong();
  private volatile boolean over;

  JailTraffic(KernelPort host, List<String> addresses) {
    this.host = host;
    this.addresses = addresses;
    threads.add(Thread.startVirtualThread(this::ping));
    for (String a : addresses) {
      threads.add(Thread.startVirtualThread(() -> stream(a)));
    }
  }

  /** Echo replies that came. */
  long answers() {
    return answers.get();
  }

  /** Bytes that came back. */
  long bytes() {
    return bytes.get();
  }

  /** Connections that ended because the jail went. */
  long cut() {
    return cut.get();
  }

  /** Gives back what it reads, to everybody at once: what runs in the jails. */
  static Object echo(KernelPort port) throws KernelError, InterruptedException {
    try (SocketPort listening = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
      listening.bind(null, PORT);
      listening.listen(5);
      while (true) {
        SocketPort child = listening.accept(null);
        if (child != null) {
          Thread.startVirtualThread(() -> back(child));
        }
      }
    }
  }

  private static void back(SocketPort child) {
    byte[] buffer = new byte[PIECE];
    try (child) {
      for (int n = 0; n >= 0; n = child.read(buffer, 0, PIECE, null)) {
        child.write(buffer, 0, n);
      }
    } catch (KernelError e) {
      // the jail goes, or the host has closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Holds the traffic while something is looked at. */
  <T> T pause(Callable<T> look) throws Exception {
    gate.writeLock().lock();
    try {
      return look.call();
    } finally {
      gate.writeLock().unlock();
    }
  }

  private void ping() {
    byte[] echo = new byte[64];
    echo[0] = 8;
    echo[4] = 0x17;
    int sum = Checksum.of(echo, 0, echo.length);
    echo[2] = (byte) (sum >> 8);
    echo[3] = (byte) sum;
    try (SocketPort socket = host.socket(SocketPort.Domain.INET, SocketPort.Type.RAW, 1)) {
      while (!over) {
        gate.readLock().lock();
        try {
          for (String a : addresses) {
            send(socket, echo, a);
          }
          for (SocketPort.Datagram d = socket.receive(Duration.ofMillis(1)); d != null; ) {
            answers.addAndGet(d.data()[20] == 0 && d.data()[24] == 0x17 ? 1 : 0);
            d = socket.receive(Duration.ofMillis(1));
          }
        } finally {
          gate.readLock().unlock();
        }
      }
    } catch (KernelError | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(SocketPort socket, byte[] echo, String to) {
    try {
      socket.sendTo(echo, 0, echo.length, to, 0);
    } catch (KernelError e) {
      // the jail is not there now
    }
  }

  private void stream(String to) {
    byte[] data = new byte[PIECE];
    while (!over) {
      gate.readLock().lock();
      try (SocketPort socket = host.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
        socket.connect(to, PORT, SHORT);
        gate.readLock().unlock();
        try {
          while (!over) {
            exchange(socket, data);
            rest();
          }
        } finally {
          gate.readLock().lock();
        }
      } catch (KernelError e) {
        cut.incrementAndGet();
      } catch (InterruptedException e) {
        return;
      } finally {
        gate.readLock().unlock();
      }
      if (!rest()) {
        return;
      }
    }
  }

  /** A moment between two things; false: interrupted. */
  private boolean rest() {
    try {
      host.sleep(MOMENT);
      return true;
    } catch (KernelError | InterruptedException e) {
      return false;
    }
  }

  private void exchange(SocketPort socket, byte[] data) throws KernelError, InterruptedException {
    gate.readLock().lock();
    try {
      socket.write(data, 0, PIECE);
      for (int at = 0; at < PIECE; ) {
        int n = socket.read(data, at, PIECE - at, SHORT);
        if (n <= 0) {
          throw new KernelError("EPIPE", "the jail is gone", "the jail is gone");
        }
        at += n;
        bytes.addAndGet(n);
      }
    } finally {
      gate.readLock().unlock();
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread t : threads) {
      t.join();
    }
  }
}
