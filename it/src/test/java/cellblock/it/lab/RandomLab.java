package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.CapturePort;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.kern.errno.ErrnoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One small lab that a seed makes up: topology, addresses, link models, flows of TCP and UDP, jails
 * removed under traffic. What must hold is checked on the way and at the end; every message names
 * the seed.
 */
final class RandomLab {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final long LIMIT = Duration.ofHours(3).toNanos();

  /** A conversation: {@code bytes} of TCP, or as many datagrams of UDP. */
  private record Flow(int number, int from, int to, String address, boolean tcp, int size) {
    int port() {
      return 1000 + number;
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
    for (int j = 0; j < topology.jails; j++) {
      lab.ok("jail -c name=" + RandomTopology.jail(j) + " vnet persist");
      in(j, "ifconfig lo0 127.0.0.1/8 up");
      in(j, "sysctl net.inet.ip.forwarding=1");
    }
    for (RandomTopology.Cable c : topology.cables) {
      lab.ok("ifconfig epair" + c.number() + " create");
      for (int end : new int[] {c.a(), c.b()}) {
        lab.ok("ifconfig " + c.ifname(end) + " vnet " + RandomTopology.jail(end));
        in(end, "ifconfig " + c.ifname(end) + " " + c.address(end) + "/24 up");
        if (random.nextInt(3) > 0) {
          in(end, "link " + c.ifname(end) + model());
        }
      }
    }
    for (int j = 0; j < topology.jails; j++) {
      for (RandomTopology.Cable net : topology.cables) {
        RandomTopology.Cable way = topology.towards(j, net);
        if (way != null && way != net) {
          String gateway = way.address(way.other(j));
          in(j, "route add -net " + net.net() + ".0/24 " + gateway);
        }
      }
    }
    for (int n = random.nextInt(1, 6); n > 0; n--) {
      int from = random.nextInt(topology.jails);
      int to = random.nextInt(topology.jails);
      boolean tcp = random.nextBoolean();
      int size = tcp ? random.nextInt(1, 60_000) : random.nextInt(1, 40);
      String address = topology.anyAddress(to, random);
      flows.add(new Flow(flows.size(), from, to, address, tcp, size));
    }
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
    lab.ok("jexec " + RandomTopology.jail(jail) + " " + command);
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
    List<RandomTopology.Cable> there = topology.path(f.from(), f.address());
    there.forEach(c -> through.addAll(List.of(c.a(), c.b())));
    if (!there.isEmpty()) {
      String source = there.getFirst().address(f.from());
      topology.path(f.to(), source).forEach(c -> through.addAll(List.of(c.a(), c.b())));
    }
    return through.stream().noneMatch(doomed::contains);
  }

  private byte[] content(Flow f) {
    byte[] data = new byte[f.size()];
    new SplittableRandom(seed * 31 + f.number()).nextBytes(data);
    return data;
  }

  private static SocketPort socket(KernelPort port, SocketPort.Type type) throws KernelError {
    return port.socket(SocketPort.Domain.INET, type, 0);
  }

  private Object echo(KernelPort port, Flow f) throws Exception {
    try (SocketPort listening = socket(port, SocketPort.Type.STREAM)) {
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
    try (SocketPort socket = socket(port, SocketPort.Type.STREAM)) {
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
    try (SocketPort socket = socket(port, SocketPort.Type.DGRAM)) {
      for (int i = 0; i < f.size(); i++) {
        data[0] = (byte) i;
        socket.sendTo(data, 0, data.length, f.address(), f.port());
        port.sleep(Duration.ofMillis(50));
      }
    }
    return f.size() + " datagrams";
  }

  private Object collect(KernelPort port, Flow f) throws Exception {
    byte[] expected = content(f);
    try (SocketPort socket = socket(port, SocketPort.Type.DGRAM)) {
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
        if (!d.from().startsWith("127.") && topology.owner(d.from()) != f.from()) {
          wrong.add(f + ": datagram from " + d.from());
        }
      }
    }
  }

  // ---- what must hold ----

  /** Every packet on a cable must be on its way from its source to its destination. */
  private Object watch(KernelPort port, RandomTopology.Cable cable, int end) throws Exception {
    try (CapturePort capture = port.capture(cable.ifname(end), 64, true)) {
      while (capture.isOpen()) {
        CapturePort.Frame frame = capture.next(null);
        if (frame != null) {
          String fault = fault(frame.bytes(), cable, topology);
          if (fault != null) {
            wrong.add("on " + cable.ifname(end) + ": " + fault);
          }
        }
      }
    }
    return cable;
  }

  /** Why a frame has no business on a cable; null when it has. */
  static @Nullable String fault(byte[] b, RandomTopology.Cable cable, RandomTopology topology) {
    int type = (b[12] & 0xff) << 8 | b[13] & 0xff;
    if (type == 0x0806) {
      boolean ours =
          address(b, 28).startsWith(cable.net()) && address(b, 38).startsWith(cable.net());
      return ours ? null : "ARP of " + address(b, 28) + " for " + address(b, 38);
    }
    if (type != 0x0800) {
      return type == 0x86dd ? null : "type " + Integer.toHexString(type);
    }
    String from = address(b, 26);
    String to = address(b, 30);
    if (to.startsWith("224.") && from.startsWith(cable.net())) {
      return null;
    }
    if (!from.startsWith("10.") || !to.startsWith("10.")) {
      return "packet " + from + " > " + to;
    }
    boolean on = topology.path(topology.owner(from), to).contains(cable);
    return on ? null : "packet " + from + " > " + to + " off its way";
  }

  private static String address(byte[] b, int at) {
    return (b[at] & 0xff)
        + "."
        + (b[at + 1] & 0xff)
        + "."
        + (b[at + 2] & 0xff)
        + "."
        + (b[at + 3] & 0xff);
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
