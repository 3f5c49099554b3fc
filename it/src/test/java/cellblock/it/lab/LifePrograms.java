package cellblock.it.lab;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * The programs of a random life. What they send says where it comes from and for whom it is; what
 * they receive must be for them.
 */
final class LifePrograms {
  private static final int STREAM = 7000;
  private static final int DATAGRAM = 7001;
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final List<String> wrong;
  private long greetings;
  private long datagrams;

  /**
   * @param wrong where they write what they got and should not
   */
  LifePrograms(List<String> wrong) {
    this.wrong = wrong;
  }

  /** Connections that were answered by whom they were for. */
  long greetings() {
    return greetings;
  }

  /** Datagrams that were for whoever got them. */
  long datagrams() {
    return datagrams;
  }

  /** Greets whoever connects with the number of its jail, and gives back what it reads. */
  Object greeter(KernelPort port, int jail) throws KernelError, InterruptedException {
    try (SocketPort listening = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
      listening.bind(null, STREAM);
      listening.listen(3);
      while (true) {
        try (SocketPort child = listening.accept(null)) {
          if (child != null) {
            greet(child, jail);
          }
        } catch (KernelError e) {
          if (e.errno().equals("EINTR")) {
            throw e;
          }
        }
      }
    }
  }

  private static void greet(SocketPort child, int jail) throws KernelError, InterruptedException {
    byte[] buffer = new byte[2000];
    buffer[0] = (byte) jail;
    child.write(buffer, 0, 1);
    for (int n = 0; n >= 0; ) {
      n = child.read(buffer, 0, buffer.length, LONG);
      if (n == 0) {
        return;
      }
      if (n > 0) {
        child.write(buffer, 0, n);
      }
    }
  }

  /** Connects to an address of a jail, which must be the one that answers. */
  Object caller(KernelPort port, int jail, String address, int bytes)
      throws KernelError, InterruptedException {
    try (SocketPort socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.STREAM, 0)) {
      socket.connect(address, STREAM, SHORT);
      byte[] buffer = new byte[2000];
      int n = socket.read(buffer, 0, 1, SHORT);
      int owner = LifeMap.owner(address);
      int expected = owner < 0 ? jail : owner;
      if (n == 1 && buffer[0] != expected) {
        wrong.add("j" + jail + " called " + address + " and got j" + buffer[0]);
      }
      greetings += n == 1 ? 1 : 0;
      for (int left = bytes; left > 0 && n > 0; left -= buffer.length) {
        socket.write(buffer, 0, buffer.length);
        n = socket.read(buffer, 0, buffer.length, SHORT);
      }
    }
    return port;
  }

  /** Takes datagrams for ever, and looks at each. */
  Object collector(KernelPort port, int jail) throws KernelError, InterruptedException {
    try (SocketPort socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
      socket.bind(null, DATAGRAM);
      while (true) {
        SocketPort.Datagram d = socket.receive(null);
        if (d != null) {
          look(d, jail);
        }
      }
    }
  }

  private void look(SocketPort.Datagram d, int jail) {
    String[] said = new String(d.data(), StandardCharsets.US_ASCII).split(" ");
    int sender = Integer.parseInt(said[0]);
    int from = LifeMap.owner(d.from());
    boolean mine = LifeMap.owner(said[1]) == jail || (said[1].startsWith("127.") && sender == jail);
    boolean his = from == sender || d.from().startsWith("127.");
    boolean near = LifeMap.island(sender) == LifeMap.island(jail);
    if (!mine || !his || !near) {
      wrong.add("j" + jail + " got a datagram of j" + sender + " for " + said[1] + ": " + d);
    }
    datagrams++;
  }

  /** Sends datagrams that say from whom and to whom. */
  Object sender(KernelPort port, int jail, String address, boolean connected)
      throws KernelError, InterruptedException {
    byte[] data = (jail + " " + address).getBytes(StandardCharsets.US_ASCII);
    try (SocketPort socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
      if (connected) {
        socket.connect(address, DATAGRAM);
      }
      for (int i = 0; i < 3; i++) {
        socket.sendTo(data, 0, data.length, connected ? null : address, DATAGRAM);
        port.sleep(Duration.ofMillis(20));
      }
    }
    return port;
  }
}
