package cellblock.host.port;

import cellblock.control.StatRequest;
import cellblock.control.StatRequest.SocketInfo;
import cellblock.host.Kernel;
import cellblock.inet.Inet;
import cellblock.inet.Inet6;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.inet.socket.SocketType;
import cellblock.inet.socket.StreamCounts;
import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counters and sockets of the process's vnet, as netstat(1) asks for them. */
final class StatService {
  private static final long MILLI = 1_000_000;

  /** MCLBYTES, what a sender waits for. */
  private static final int SEND_LOW_WATER = 2048;

  private static final long MAXSOCKBUF = 2L << 20;

  private final Kernel kernel;
  private final Proc proc;
  private final Vnet vnet;

  StatService(Kernel kernel, Proc proc) {
    this.kernel = kernel;
    this.proc = proc;
    this.vnet = proc.vnet();
  }

  Object answer(StatRequest<?> request) throws ErrnoException {
    return switch (request) {
      case StatRequest.Protocol r -> {
        if (r.reset()) {
          proc.cred().checkNet();
        }
        yield vnet.call(() -> counters(r));
      }
      case StatRequest.OnInterface r -> vnet.call(() -> counters(r));
      case StatRequest.Protocols r ->
          Stream.concat(Inet.PROTOCOLS.stream(), Inet6.PROTOCOLS.stream()).toList();
      case StatRequest.Drops r -> vnet.call(this::drops);
      case StatRequest.Sockets r -> vnet.call(this::sockets);
      case StatRequest.Mbufs r -> vnet.call(this::mbufs);
      case StatRequest.VnetVariable r -> variable(r.jail(), r.name());
    };
  }

  private Map<String, Long> counters(StatRequest.Protocol r) throws ErrnoException {
    if (Inet6.PROTOCOLS.contains(r.protocol())) {
      Map<String, Long> six = AddressText.inet6(vnet).counters(r.protocol());
      if (r.reset()) {
        AddressText.inet6(vnet).clear(r.protocol());
      }
      return six;
    }
    Map<String, Long> all = Inet.of(vnet).counters(r.protocol());
    if (r.reset()) {
      Inet.of(vnet).clear(r.protocol());
    }
    return all;
  }

  private Map<String, Long> counters(StatRequest.OnInterface r) throws ErrnoException {
    In6Ifinfo in = Ip6.of(Interfaces.of(vnet).named(r.ifname()));
    return in == null ? Map.of() : Inet6.counters(r.protocol(), in);
  }

  private Map<String, Long> drops() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (DropReason reason : DropReason.values()) {
      long n = vnet.drops().of(reason);
      if (n > 0) {
        all.put(reason.text(), n);
      }
    }
    return all;
  }

  private Map<String, Long> mbufs() {
    Map<String, Long> all = new LinkedHashMap<>();
    all.put("mbuf-current", vnet.mbufs().outstanding());
    all.put("mbuf-total", vnet.mbufs().allocated());
    return all;
  }

  private List<SocketInfo> sockets() throws ErrnoException {
    List<SocketInfo> all = new ArrayList<>();
    for (Socket s : Inet.of(vnet).sockets.sockets()) {
      SocketProtocol pcb = s.pcb();
      if (pcb == null) {
        continue;
      }
      IpAddress foreign = pcb.foreignAddress();
      Proc holder = s.holder() instanceof Proc p && !p.exited() ? p : null;
      all.add(
          new SocketInfo(
              s.type() == SocketType.RAW ? name(s) : pcb.name(),
              AddressText.of(vnet, pcb.localAddress()),
              pcb.localPort(),
              foreign == null ? null : AddressText.of(vnet, foreign),
              foreign == null ? 0 : pcb.foreignPort(),
              pcb.state(),
              s.receiveQueue(),
              s.sendQueue(),
              holder == null ? 0 : holder.pid(),
              holder == null ? "" : holder.command(),
              (holder == null ? proc : holder).prison().id(),
              listening(s, pcb),
              detail(s, pcb)));
    }
    return all;
  }

  /** Connections that are not complete wait in the syncache, and so at no socket. */
  private static StatRequest.@Nullable Listening listening(Socket s, SocketProtocol pcb) {
    return pcb.backlog() < 0
        ? null
        : new StatRequest.Listening(s.streamOf().waiting(), 0, pcb.backlog());
  }

  private static StatRequest.Detail detail(Socket s, SocketProtocol pcb) {
    StreamCounts c = pcb.counts();
    StatRequest.TcpDetail tcp =
        c == null
            ? null
            : new StatRequest.TcpDetail(
                c.retransmitted(),
                c.outOfOrder(),
                c.zeroWindows(),
                c.rexmt() / MILLI,
                c.persist() / MILLI,
                c.keep() / MILLI,
                c.msl2() / MILLI,
                c.delack() / MILLI,
                c.idle() / MILLI);
    int sendLow =
        switch (s.type()) {
          case RAW -> 0;
          case DGRAM -> SEND_LOW_WATER;
          case STREAM -> s.streamOf().sendLow();
        };
    int receiveLow = s.type() == SocketType.STREAM ? s.streamOf().receiveLow() : 1;
    return new StatRequest.Detail(
        buffer(s.receiveBuffer(), receiveLow), buffer(s.sendBuffer(), sendLow), tcp);
  }

  /** sbreserve: memory for eight times the bytes, to the limit of all buffers. */
  private static StatRequest.Buffer buffer(Socket.Buffer b, int low) {
    int most = (int) Math.min(8L * b.limit(), MAXSOCKBUF);
    return new StatRequest.Buffer(b.limit(), low, b.storage(), most);
  }

  private static String name(Socket s) {
    String base =
        switch (s.protocol()) {
          case 1, 58 -> "icm";
          case 2 -> "igmp";
          default -> "raw";
        };
    return base + (s.family() == Family.INET ? "4" : "6");
  }

  /** libkvm's way into any vnet: for the kernel's owner. */
  private String variable(String jail, String name) throws ErrnoException {
    proc.cred().checkHost();
    Vnet of = kernel.machine().vnet0();
    if (!jail.isEmpty() && !jail.equals("0")) {
      Prison p = kernel.jails().find(proc.prison(), jail, true);
      if (p == null) {
        throw new ErrnoException(Errno.ENOENT);
      }
      of = p.vnet();
    }
    Vnet vnetOf = of;
    Object value = vnetOf.call(() -> kernel.machine().vnets().peek(vnetOf, name));
    if (value == null) {
      throw new ErrnoException(Errno.ENOENT);
    }
    return value.toString();
  }
}
