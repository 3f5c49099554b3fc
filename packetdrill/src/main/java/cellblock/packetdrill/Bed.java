package cellblock.packetdrill;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.RouteRequest;
import cellblock.control.SysctlRequest;
import cellblock.host.Kernel;
import cellblock.inet.Inet;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.inet.socket.SocketType;
import cellblock.inet.socket.StreamInfo;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfFlags;
import cellblock.net.ifnet.Ifnet;
import cellblock.sim.Residue;
import cellblock.sim.Sim;
import cellblock.sim.Stepper;
import cellblock.wire.Family;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a script runs on: a kernel of its own in virtual time, whose one vnet has a {@link Tun} with
 * the address of the stack under test and a route to the peer through it. Threading: one thread.
 */
final class Bed {
  private final Sim sim;
  private final Kernel kernel;
  private final Vnet vnet;
  private final Ifnet ifp;
  private final Tun tun;

  private Bed(Settings settings, long seed) throws ErrnoException, KernelError {
    sim = new Sim(seed);
    Kernel.Config base = Kernel.Config.defaults(seed).without("if_tuntap"); // the tun is the bed's
    kernel = Kernel.boot(sim.machine(), base.with(List.of(new TunModule())));
    vnet = sim.machine().vnet0();
    Map<String, String> params = Map.of("mtu", Integer.toString(settings.mtu()));
    ifp = sim.machine().coordinator().run(new IfCreate(vnet, "tun0", params));
    tun = (Tun) ifp.driver();
    configure(settings);
  }

  /** Boots and configures; the seed decides what is random. */
  static Bed make(Settings settings, long seed) {
    try {
      return new Bed(settings, seed);
    } catch (ErrnoException | KernelError e) {
      throw new IllegalStateException("the bed of a script cannot be made: " + e.getMessage(), e);
    }
  }

  private void configure(Settings s) throws KernelError {
    KernelPort port = kernel.port();
    String gateway = s.gateway().toString();
    boolean six = s.version().six();
    port.ask(
        new IfRequest.AddAddress(
            "tun0",
            s.local().toString(),
            six ? 128 : s.prefixLength(),
            null,
            gateway,
            false,
            six ? Map.of("no_dad", "") : Map.of()));
    port.ask(new IfRequest.Flags("tun0", IfFlags.UP, 0));
    port.ask(
        new RouteRequest.Add(
            0,
            s.remoteNet().address().toString(),
            s.remoteNet().length(),
            gateway,
            null,
            null,
            0,
            0,
            0));
    if (s.version() == Settings.Version.IPV4_MAPPED_IPV6) {
      port.ask(new SysctlRequest.Set("net.inet6.ip6.v6only", "0"));
    }
    settle();
  }

  Kernel kernel() {
    return kernel;
  }

  Vnet vnet() {
    return vnet;
  }

  Tun tun() {
    return tun;
  }

  void inject(byte[] packet) throws ErrnoException {
    tun.inject(ifp, packet);
  }

  /** socket(2) as root. */
  Socket open(Family family, SocketType type, int protocol) throws ErrnoException {
    return vnet.call(() -> Inet.of(vnet).sockets.open(family, type, protocol, privilege -> true));
  }

  /** TCP_INFO, or null where there is none. */
  @Nullable StreamInfo info(Socket s) {
    try {
      return vnet.call(() -> {
        SocketProtocol pcb = s.pcb();
        return pcb == null ? null : pcb.info();
      });
    } catch (ErrnoException e) {
      return null;
    }
  }

  /** Nanoseconds since boot. */
  long now() {
    return sim.clock().nanos();
  }

  /** Runs whatever is due now. */
  void settle() {
    sim.stepper().settle();
  }

  /**
   * Lets time pass until the condition holds, or until {@code limit}, nanoseconds since boot.
   * Returns whether it holds.
   */
  boolean until(BooleanSupplier condition, long limit) {
    Stepper stepper = sim.stepper();
    while (!condition.getAsBoolean()) {
      if (stepper.step()) {
        continue;
      }
      if (stepper.nextDeadline() > limit) {
        stepper.advance(Math.max(0, limit - now()));
        return false;
      }
      stepper.moveToNext();
    }
    return true;
  }

  /** What has gone wrong inside the stack, or null. */
  @Nullable String fault() {
    Throwable t = vnet.lane().fault();
    if (t == null) {
      return null;
    }
    StackTraceElement[] at = t.getStackTrace();
    return t + (at.length > 0 ? " at " + at[0] : "");
  }

  /** Stops the kernel; what it leaves behind, a line each. */
  List<String> stop() {
    kernel.close();
    settle();
    return Residue.of(sim.machine());
  }
}
