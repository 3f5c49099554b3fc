package cellblock.bench;

import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.wire.Checksum;
import java.time.Duration;

/** A raw ICMP socket that sends echo requests of 64 bytes and waits for the answers. */
final class Pinger implements AutoCloseable {
  private static final int ID = 0x4242;

  private final SocketPort socket;
  private final byte[] echo = new byte[64];
  private int sequence;

  Pinger(KernelPort port) throws KernelError {
    socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.RAW, 1);
  }

  /** Sends one, and waits for its answer. */
  void ping(String address) throws KernelError, InterruptedException {
    int seq = sequence++ & 0xffff;
    echo[0] = 8;
    echo[2] = 0;
    echo[3] = 0;
    echo[4] = (byte) (ID >> 8);
    echo[5] = (byte) ID;
    echo[6] = (byte) (seq >> 8);
    echo[7] = (byte) seq;
    int sum = Checksum.of(echo, 0, echo.length);
    echo[2] = (byte) (sum >> 8);
    echo[3] = (byte) sum;
    socket.sendTo(echo, 0, echo.length, address, 0);
    while (true) {
      SocketPort.Datagram d = socket.receive(Duration.ofSeconds(5));
      if (d == null) {
        throw new IllegalStateException("no answer from " + address);
      }
      byte[] m = d.data();
      int at = (m[0] & 0xf) * 4;
      if (m[at] == 0 && (m[at + 6] & 0xff) == seq >> 8 && (m[at + 7] & 0xff) == (seq & 0xff)) {
        return;
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
