package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.CapturePort;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.BigEndian;
import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One small lab that a seed makes up: topology, addresses of both families, link models, tunnels,
 * flows of TCP and UDP, jails removed under traffic. What must hold is checked on the way and at
 * the end; every message names the seed.
 */
final class RandomLab {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final long LIMIT = Duration.ofHours(3).toNanos();

  /**
   * A conversation: {@code size} bytes of TCP, or as many datagrams of UDP of {@code length} bytes.
   */
  private record Flow(
      int number,
      int from,
      int to,
      String address,
      RandomTopology.Cable net,
      boolean tcp,
      int size,
      int length) {
    int port() {
      return 1000 + number;
    }

    SocketPort.Domain domain() {
      return address.contains(":") ? SocketPort.Domain.INET6 : SocketPort.Domain.INET;
    }

    /** A neighbour by its link-local address. */
    boolean near() {
      return address.startsWith("fe80:");
    }
  }

  private final long seed;
  private final SplittableRandom random;
  private final RandomTopology topology;
  private final Lab lab;
  private final List<Flow> flows = new ArrayList<>();
  private final TreeSet<Integer> doomed = new TreeSet<>();
  private final List<String> wrong = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private int open;

  private RandomLab(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.topology = new RandomTopology(random);
    this.lab = new Lab(seed);
  }

  /** Runs it; what it returns is equal for equal runs. */
  static String run(long seed) throws Exception {
    RandomLab made = new RandomLab(seed);
    try (made.lab) {
      made.build();
      made.begin();
      made.lab.sim().stepper().until(() -> made.open == 0 || made.late());
      made.check();
      made.tearDown();
      return made.log + " trace " + Long.toHexString(made.lab.sim().stepper().trace());
    } catch (AssertionError | Exception e) {
      throw new AssertionError("random lab of seed " + seed + ": " + e, e);
    }
  }

  private boolean late() {
    return lab.sim().clock().nanos() > LIMIT;
  }

  // ---- building ----

  private void build() {
    for (String kind : new String[] {"gre", "vxlan"}) {
      if (topology.cables.stream().anyMatch(c -> c.tunnel() && c.ifname(c.a()).startsWith(kind))) {
        lab.ok("kldload if_" + kind);
      }
    }
    for (int j = 0; j < topology.jails; j++) {
      lab.ok("jail -c name=" + RandomTopology.jail(j) + " vnet persist");
      in(j, "ifconfig lo0 127.0.0.1/8 up");
      in(j, "sysctl net.inet.ip.forwarding=1");
      in(j, "sysctl net.inet6.ip6.forwarding=1");
    }
    boolean dad = random.nextInt(4) == 0;
    for (RandomTopology.Cable c : topology.cables) {
      if (!c.tunnel()) {
        lab.ok("ifconfig epair" + c.number() + " create");
      }
      for (int end : new int[] {c.a(), c.b()}) {
        end(c, end, dad);
      }
    }
    for (int j = 0; j < topology.jails; j++) {
      for (RandomTopology.Cable net : topology.cables) {
        RandomTopology.Cable way = topology.towards(j, net);
        if (way != null && way != net) {
          int next = way.other(j);
          in(j, "route add -net " + net.net() + ".0/24 " + way.address(next));
          in(j, "route -6 add -net " + net.net6() + "/64 " + way.address6(next));
        }
      }
    }
    if (dad) {
      lab.sim().stepper().advance(Duration.ofSeconds(5).toNanos());
    }
    for (int n = random.nextInt(1, 6); n > 0; n--) {
      flow();
    }
  }

  /** One end of a cable or tunnel, with its addresses, in its jail. */
  private void end(RandomTopology.Cable c, int end, boolean dad) {
    String ifname = c.ifname(end);
    String outer = c.outer(end);
    String far = c.outer(c.other(end));
    String family = outer.contains(":") ? " inet6" : "";
    switch (c.kind()) {
      case EPAIR -> lab.ok("ifconfig " + ifname + " vnet " + RandomTopology.jail(end));
      case VXLAN -> {
        String ends = " vxlanlocal " + outer + " vxlanremote " + far;
        in(end, "ifconfig " + ifname + " create vxlanid " + c.number() + ends);
      }
      case GIF, GRE -> {
        in(end, "ifconfig " + ifname + " create");
        in(end, "ifconfig " + ifname + family + " tunnel " + outer + " " + far);
        if (ifname.startsWith("gif")) {
          in(end, "ifconfig " + ifname + " link2"); // the way there need not be the way back
        }
      }
    }
    String flag = dad ? "" : " no_dad";
    if (c.kind().ethernet()) {
      in(end, "ifconfig " + ifname + " " + c.address(end) + "/24 up");
      in(end, "ifconfig " + ifname + " inet6 " + c.address6(end) + "/64" + flag);
    } else {
      String pair = c.address(end) + " " + c.address(c.other(end));
      in(end, "ifconfig " + ifname + " " + pair + " netmask 255.255.255.255 up");
      String pair6 = c.address6(end) + " " + c.address6(c.other(end));
      in(end, "ifconfig " + ifname + " inet6 " + pair6 + " prefixlen 128" + flag);
    }
    if (!c.tunnel() && random.nextInt(3) > 0) {
      in(end, "link " + ifname + model());
    }
  }

  private void flow() {
    int from = random.nextInt(topology.jails);
    int to = random.nextInt(topology.jails);
    boolean tcp = random.nextBoolean();
    int size = tcp ? random.nextInt(1, 60_000) : random.nextInt(1, 40);
    boolean six = random.nextBoolean();
    String address = topology.anyAddress(to, six, random);
    RandomTopology.Cable net = topology.net(address);
    if (six && net.joins(from) && from != to && random.nextInt(3) == 0) {
      String shown = command(to, "ifconfig " + net.ifname(to) + " inet6");
      int at = shown.indexOf("fe80:");
      if (at >= 0) {
        address = shown.substring(at, shown.indexOf('%', at)) + "%" + net.ifname(from);
      }
    }
    int length = tcp ? size : random.nextInt(3) == 0 ? random.nextInt(1400, 5000) : size;
    flows.add(new Flow(flows.size(), from, to, address, net, tcp, size, length));
  }

  private String model() {
    String model = " delay " + random.nextInt(1, 50) + "ms";
    if (random.nextBoolean()) {
      model += " loss " + random.nextInt(1, 4) + "%";
    }
    if (random.nextInt(3) == 0) {
      model += " jitter " + random.nextInt(1, 5) + "ms";
    }
    if (random.nextInt(3) == 0) {
      model += " dup 1% reorder 2%";
    }
    if (random.nextInt(3) == 0) {
      model += " rate " + random.nextInt(1, 50) + "Mbit queue " + random.nextInt(20, 100);
    }
    return model;
  }

  private void in(int jail, String command) {
    command(jail, command);
  }

  private String command(int jail, String command) {
    return lab.ok("jexec " + RandomTopology.jail(jail) + " " + command);
  }

  private Jail jail(int number) {
    Jail jail = lab.kernel().jail(RandomTopology.jail(number));
    assertThat(jail).as("jail %d (seed %d)", number, seed).isNotNull();
    return jail;
  }

  // ---- traffic ----

  private void begin() throws ErrnoException {
    for (RandomTopology.Cable c : topology.cables) {
      for (int end : new int[] {c.a(), c.b()}) {
        jail(end).start("watch", port -> watch(port, c, end));
      }
    }
    for (Flow f : flows) {
      open++;
      jail(f.to()).start("server", port -> f.tcp() ? echo(port, f) : collect(port, f));
      jail(f.from()).start("client", port -> ended(f, port));
    }
    for (int n = random.nextInt(3); n > 0; n--) {
      int victim = random.nextInt(topology.jails);
      Duration when = Duration.ofMillis(random.nextInt(5000));
      if (doomed.add(victim)) {
        open++;
        lab.kernel().threads().start("reaper " + victim, () -> remove(victim, when));
      }
    }
  }

  private void remove(int victim, Duration when) {
    try {
      Jail jail = jail(victim);
      lab.kernel().port().sleep(when);
      jail.remove();
      assertThat(jail.ledger().entries()).isEmpty();
      log.add("removed " + victim + " at " + lab.sim().clock().nanos());
    } catch (Exception | AssertionError e) {
      wrong.add("removal of " + victim + ": " + e);
    } finally {
      open--;
    }
  }

  private Object ended(Flow f, KernelPort port) {
    try {
      port.sleep(Duration.ofMillis(10L * f.number() + 1)); // the server comes first
      String result = f.tcp() ? call(port, f) : send(port, f);
      log.add(f.number() + " " + result + " at " + lab.sim().clock().nanos());
    } catch (KernelError | InterruptedException e) {
      if (mustWork(f)) {
        wrong.add(f + ": " + e);
      }
      log.add(f.number() + " broken at " + lab.sim().clock().nanos());
    } finally {
      open--;
    }
    return f;
  }

  /** Whether no jail is removed that the flow goes through, there or back. */
  private boolean mustWork(Flow f) {
    TreeSet<Integer> through = new TreeSet<>(List.of(f.from(), f.to()));
    if (f.near()) {
      String far = f.net().address6(f.to());
      topology.through(f.from(), far, through);
    } else {
      topology.through(f.from(), f.address(), through);
    }
    return through.stream().noneMatch(doomed::contains);
  }

  private byte[] content(Flow f) {
    byte[] data = new byte[f.length()];
    new SplittableRandom(seed * 31 + f.number()).nextBytes(data);
    return data;
  }

  private static SocketPort socket(KernelPort port, Flow f) throws KernelError {
    return port.socket(f.domain(), f.tcp() ? SocketPort.Type.STREAM : SocketPort.Type.DGRAM, 0);
  }

  private Object echo(KernelPort port, Flow f) throws Exception {
    try (SocketPort listening = socket(port, f)) {
      listening.bind(null, f.port());
      listening.listen(1);
      try (SocketPort child = listening.accept(PATIENCE)) {
        byte[] buffer = new byte[3000];
        for (int n = 0; n >= 0 && child != null; n = child.read(buffer, 0, 3000, PATIENCE)) {
          child.write(buffer, 0, n);
        }
      }
    }
    return f;
  }

  private String call(KernelPort port, Flow f) throws KernelError, InterruptedException {
    byte[] data = content(f);
    byte[] got = new byte[data.length];
    int at = 0;
    try (SocketPort socket = socket(port, f)) {
      socket.connect(f.address(), f.port(), PATIENCE);
      for (int sent = 0; sent < data.length; ) {
        int n = Math.min(7000, data.length - sent);
        socket.write(data, sent, n);
        sent += n;
        while (at < sent - 14_000) {
          at += read(socket, got, at, f);
        }
      }
      socket.shutdown(false, true);
      while (at < data.length) {
        at += read(socket, got, at, f);
      }
      if (socket.read(new byte[1], 0, 1, PATIENCE) != -1) {
        wrong.add(f + ": more than was sent");
      }
    } finally {
      if (!Arrays.equals(data, 0, at, got, 0, at)) {
        wrong.add(f + ": wrong content");
      }
    }
    return at + " bytes";
  }

  private int read(SocketPort socket, byte[] into, int at, Flow f)
      throws KernelError, InterruptedException {
    int n = socket.read(into, at, into.length - at, PATIENCE);
    if (n <= 0) {
      throw new KernelError(
          "EPIPE", "stalled", f + ": " + (n < 0 ? "ended" : "stalled") + " at " + at);
    }
    return n;
  }

  private String send(KernelPort port, Flow f) throws KernelError, InterruptedException {
    byte[] data = content(f);
    try (SocketPort socket = socket(port, f)) {
      for (int i = 0; i < f.size(); i++) {
        data[0] = (byte) i;
        try {
          socket.sendTo(data, 0, data.length, f.address(), f.port());
        } catch (KernelError e) {
          if (!e.errno().equals("ENOBUFS")) { // a full queue of the link: it is lost
            throw e;
          }
        }
        port.sleep(Duration.ofMillis(50));
      }
    }
    return f.size() + " datagrams";
  }

  private Object collect(KernelPort port, Flow f) throws Exception {
    byte[] expected = content(f);
    try (SocketPort socket = socket(port, f)) {
      socket.bind(null, f.port());
      while (true) {
        SocketPort.Datagram d = socket.receive(null);
        if (d == null) {
          return f;
        }
        expected[0] = d.data().length > 0 ? d.data()[0] : 0;
        if (!Arrays.equals(d.data(), expected)) {
          wrong.add(f + ": wrong datagram");
        }
        String from = d.from();
        boolean near = f.near() && from.startsWith("fe80:");
        if (!near && !(topology.knows(from) && topology.owner(from) == f.from())) {
          wrong.add(f + ": datagram from " + from);
        }
      }
    }
  }

  // ---- what must hold ----

  /** Every packet on a cable must be on its way from its source to its destination. */
  private Object watch(KernelPort port, RandomTopology.Cable cable, int end) throws Exception {
    try (CapturePort capture = port.capture(cable.ifname(end), 96, true)) {
      while (capture.isOpen()) {
        CapturePort.Frame frame = capture.next(null);
        if (frame != null) {
          String fault = fault(frame.bytes(), capture.linkType(), cable, topology);
          if (fault != null) {
            wrong.add("on " + cable.ifname(end) + ": " + fault);
          }
        }
      }
    }
    return cable;
  }

  /** Why a frame has no business on a cable; null when it has. */
  static @Nullable String fault(
      byte[] b, int linkType, RandomTopology.Cable cable, RandomTopology topology) {
    if (linkType == 0) {
      return b[0] == 2 ? four(b, 4, cable, topology) : six(b, 4, cable, topology);
    }
    int type = (b[12] & 0xff) << 8 | b[13] & 0xff;
    return switch (type) {
      case 0x0806 -> {
        boolean ours =
            address(b, 28).startsWith(cable.net()) && address(b, 38).startsWith(cable.net());
        yield ours ? null : "ARP of " + address(b, 28) + " for " + address(b, 38);
      }
      case 0x0800 -> four(b, 14, cable, topology);
      case 0x86dd -> six(b, 14, cable, topology);
      default -> "type " + Integer.toHexString(type);
    };
  }

  private static @Nullable String four(
      byte[] b, int at, RandomTopology.Cable cable, RandomTopology topology) {
    String from = address(b, at + 12);
    String to = address(b, at + 16);
    boolean group = to.startsWith("224.") && from.startsWith(cable.net());
    return group ? null : way(from, to, cable, topology);
  }

  private static @Nullable String six(
      byte[] b, int at, RandomTopology.Cable cable, RandomTopology topology) {
    String from = address6(b, at + 8);
    String to = address6(b, at + 24);
    boolean link = from.startsWith("fe80:") || from.equals("::") || from.startsWith(cable.net6());
    boolean near = link && (to.startsWith("ff02:") || to.startsWith("fe80:"));
    return near ? null : way(from, to, cable, topology);
  }

  private static @Nullable String way(
      String from, String to, RandomTopology.Cable cable, RandomTopology topology) {
    if (!topology.knows(from) || !topology.knows(to)) {
      return "packet " + from + " > " + to;
    }
    boolean on = topology.path(topology.owner(from), to).contains(cable);
    return on ? null : "packet " + from + " > " + to + " off its way";
  }

  private static String address(byte[] b, int at) {
    return Ip4Address.toString(BigEndian.get32(b, at));
  }

  private static String address6(byte[] b, int at) {
    return new Ip6Address(BigEndian.get64(b, at), BigEndian.get64(b, at + 8), 0).toString();
  }

  private void check() {
    assertThat(late()).as("still running after three hours: %s, %s", flows, log).isFalse();
    assertThat(wrong).isEmpty();
    assertThat(Validator.of(lab.kernel().machine())).isEmpty();
  }

  private void tearDown() throws ErrnoException {
    for (int j = topology.jails - 1; j >= 0; j--) {
      if (!doomed.contains(j)) {
        Jail jail = jail(j);
        jail.remove();
        assertThat(jail.ledger().entries()).as("ledger of %d", j).isEmpty();
      }
    }
    lab.sim().stepper().settle();
    assertThat(wrong).isEmpty();
    assertThat(lab.sim().stepper().programs()).isEmpty();
    assertThat(lab.ok("jls -d jid").strip()).isEmpty();
    for (String ifname : lab.ok("ifconfig -l").strip().split(" ")) {
      if (ifname.matches("epair\\d+a")) {
        lab.ok("ifconfig " + ifname + " destroy");
      }
    }
    assertThat(lab.ok("ifconfig -l").strip()).isEqualTo("lo0");
    assertThat(Validator.of(lab.kernel().machine())).isEmpty();
  }
}
