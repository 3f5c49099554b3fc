package cellblock.bench;

import cellblock.inet.Inet;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Event;
import cellblock.kern.lane.Lane;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip4Header;
import cellblock.wire.IpProtocol;
import cellblock.wire.UdpHeader;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Sends UDP packets by one interface, a burst a turn of its lane: each goes through the link layer,
 * which resolves the next hop. The thread that drives it runs all the turns that follow, too.
 */
final class Generator extends Event {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Vnet vnet;
  private final Ifnet ifp;
  private final long hop;
  private final byte[] packet;
  private int burst;
  private volatile long sent;

  /**
   * @param hop the neighbour that packets go to
   * @param frame bytes of an Ethernet frame without its check sequence
   */
  Generator(Vnet vnet, String ifname, String from, String to, String hop, int frame) {
    this.vnet = vnet;
    this.ifp = Interfaces.of(vnet).attachedByName(ifname);
    this.hop = (long) Ip4Address.parse(hop).bits() << 32;
    this.packet = packet(Ip4Address.parse(from).bits(), Ip4Address.parse(to).bits(), frame - 14);
  }

  private static byte[] packet(int from, int to, int length) {
    byte[] b = new byte[length];
    b[0] = 0x45;
    Ip4Header.putTotalLength(b, 0, length);
    Ip4Header.putTtl(b, 0, 64);
    Ip4Header.putProtocol(b, 0, IpProtocol.UDP);
    Ip4Header.putSource(b, 0, from);
    Ip4Header.putDestination(b, 0, to);
    Ip4Header.fillChecksum(b, 0);
    UdpHeader.put(b, 20, 9, 9, length - 20);
    UdpHeader.fillChecksum(b, 20, Ip4Header.pseudo(b, 0, length - 20));
    return b;
  }

  @Override
  protected void fire(Lane lane) {
    for (int i = 0; i < burst; i++) {
      Mbuf m = vnet.mbufs().alloc(packet.length);
      System.arraycopy(packet, 0, m.buf, m.off, packet.length);
      ifp.output(vnet, m, Family.INET, hop, 0);
    }
    sent += burst; // counted here: a post while one is queued is none
  }

  /** Drives it: a turn with {@code size} packets. */
  void send(int size) {
    burst = size;
    vnet.lane().post(this);
  }

  /** One case: packets a second, those of them that arrived, and bytes allocated. */
  void measure(Report report, String name, int size, LongSupplier arrived, Vnet... path)
      throws Exception {
    int runs = Report.setting("runs", 5);
    long length = Report.setting("run", 600) * 1_000_000L;
    Warm.up(2, () -> round(size, 100_000_000));
    double[] rate = new double[runs];
    double[] perCpu = new double[runs];
    double[] turn = new double[runs];
    double[] each = new double[runs];
    for (int i = 0; i < runs; i++) {
      long before = arrived.getAsLong();
      long turns = turns(path);
      long cpu = THREADS.getCurrentThreadCpuTime();
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      long first = sent;
      round(size, length);
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9;
      bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
      long packets = sent - first;
      settle(name, packets, before, arrived);
      rate[i] = packets / seconds;
      perCpu[i] = packets / cpuSeconds;
      turn[i] = (double) bytes / (turns(path) - turns);
      each[i] = (double) bytes / packets;
    }
    report.row(name, "packets/s", rate);
    report.row(name, "packets/s a CPU", perCpu);
    report.row(name, "bytes allocated a turn", turn);
    report.row(name, "bytes allocated a packet", each);
  }

  /** A timer's thread may have taken a lane over: what is under way then arrives a little later. */
  private static void settle(String name, long packets, long before, LongSupplier arrived) {
    long end = System.nanoTime() + 1_000_000_000;
    while (arrived.getAsLong() - before != packets) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            name + ": " + packets + " sent, " + (arrived.getAsLong() - before) + " arrived");
      }
      Thread.onSpinWait();
    }
  }

  private void round(int size, long nanos) {
    long end = System.nanoTime() + nanos;
    do {
      for (int i = 0; i < 512; i++) {
        send(size);
      }
    } while (System.nanoTime() < end);
  }

  private static long turns(Vnet... path) {
    long n = 0;
    for (Vnet v : path) {
      n += v.lane().turns() / 2;
    }
    return n;
  }

  private static Inet inet(Vnet v) {
    try {
      return v.call(() -> Inet.of(v));
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }

  /** UDP packets that a vnet's input has counted. */
  static LongSupplier udpInput(Vnet v) {
    Inet inet = inet(v);
    return () -> inet.udpStats.ipackets;
  }
}
