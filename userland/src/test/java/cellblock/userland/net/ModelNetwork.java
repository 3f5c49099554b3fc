package cellblock.userland.net;

import cellblock.control.KernelError;
import cellblock.control.SocketPort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** What a raw ICMP socket of {@link ModelKernel} reaches: hosts that answer after a fixed time. */
final class ModelNetwork {
  /** How a host answers: "reply", "silent", "ttl" (a router's time exceeded), "twice", "noroute". */
  final Map<String, String> hosts = new HashMap<>();

  final Map<String, Integer> options = new HashMap<>();
  long roundTripNanos = 250_000;
  byte[] lastSent = new byte[0];
  private final ModelClock clock;

  ModelNetwork(ModelClock clock) {
    this.clock = clock;
  }

  private record Arrival(long at, byte[] packet, String from) {}

  SocketPort socket() {
    return new Socket();
  }

  private final class Socket implements SocketPort {
    private final Deque<Arrival> queue = new ArrayDeque<>();
    private boolean closed;

    @Override
    public void bind(String address, int port) throws KernelError {
      if (!hosts.getOrDefault(address, "").equals("own")) {
        throw ModelKernel.error("EADDRNOTAVAIL");
      }
    }

    @Override
    public void connect(String address, int port) {}

    @Override
    public int sendTo(byte[] data, int offset, int length, String address, int port) throws KernelError {
      lastSent = data.clone();
      boolean header = options.getOrDefault("IP_HDRINCL", 0) == 1;
      int skip = header ? (data[0] & 15) * 4 : 0;
      byte[] icmp = Arrays.copyOfRange(data, skip, data.length);
      long at = clock.nanos + roundTripNanos;
      switch (hosts.getOrDefault(address, "noroute")) {
        case "reply" -> queue.add(new Arrival(at, reply(icmp, address), address));
        case "twice" -> {
          queue.add(new Arrival(at, reply(icmp, address), address));
          queue.add(new Arrival(at + roundTripNanos, reply(icmp, address), address));
        }
        case "ttl" -> queue.add(new Arrival(at, exceeded(icmp, address), "10.0.0.254"));
        case "silent" -> {
          // Nothing comes back.
        }
        default -> throw ModelKernel.error("EHOSTUNREACH");
      }
      return length;
    }

    private byte[] reply(byte[] icmp, String from) {
      byte[] answer = icmp.clone();
      answer[0] = 0;
      return packet(answer, from, "10.0.0.1");
    }

    private byte[] exceeded(byte[] icmp, String to) {
      byte[] quoted = packet(Arrays.copyOf(icmp, 8), "10.0.0.1", to);
      byte[] error = new byte[8 + quoted.length];
      error[0] = 11;
      System.arraycopy(quoted, 0, error, 8, quoted.length);
      return packet(error, "10.0.0.254", "10.0.0.1");
    }

    private byte[] packet(byte[] payload, String from, String to) {
      ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
      packet.put(0, (byte) 0x45).putShort(2, (short) (20 + payload.length)).put(8, (byte) 64).put(9, (byte) 1);
      packet.putInt(12, Inet4.aton(from).orElseThrow()).putInt(16, Inet4.aton(to).orElseThrow());
      packet.put(20, payload);
      return packet.array();
    }

    @Override
    public Datagram receive(Duration timeout) throws KernelError {
      if (closed) {
        throw ModelKernel.error("EBADF");
      }
      long limit = clock.nanos + timeout.toNanos();
      Arrival next = queue.peek();
      if (next == null || next.at > limit) {
        clock.nanos = limit;
        return null;
      }
      queue.remove();
      clock.nanos = Math.max(clock.nanos, next.at);
      return new Datagram(next.packet, next.from, 0, "10.0.0.1", 64, clock.nanos);
    }

    @Override
    public void setOption(String name, int value) {
      options.put(name, value);
    }

    @Override
    public void membership(String group, String ifname, boolean join) {}

    @Override
    public String localAddress() {
      return "0.0.0.0";
    }

    @Override
    public int localPort() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
