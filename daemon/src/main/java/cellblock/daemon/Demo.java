package cellblock.daemon;

import cellblock.control.JailRequest.LedgerInfo;
import cellblock.control.KernelError;
import cellblock.control.KernelPort;
import cellblock.control.SocketPort;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.kern.errno.ErrnoException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code cellblock demo}: the main job on an embedded kernel. Three jails in a row, the middle one
 * routing; pings from end to end; an interface moved; a jail removed under traffic; every ledger
 * zero. Exit 0 only if all of it was true.
 */
public final class Demo {
  private final Kernel kernel;
  private final LocalShell shell;
  private int failures;

  private Demo(Kernel kernel) {
    this.kernel = kernel;
    this.shell = new LocalShell(KernelDoor.of(kernel), Path.of("/"));
  }

  /** Runs the demonstration; {@code args[0]} may be a seed. */
  public static void main(String[] args) throws ErrnoException {
    long started = System.nanoTime();
    long seed = 42;
    try {
      seed = args.length > 0 ? Long.decode(args[0]) : seed;
    } catch (NumberFormatException e) {
      System.err.println("cellblock: demo: " + args[0] + ": a seed is a number of 64 bits");
      System.exit(64);
    }
    try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(seed))) {
      Demo demo = new Demo(kernel);
      demo.run();
      long millis = (System.nanoTime() - started) / 1_000_000;
      System.out.printf(
          "%n%s in %d ms%n", demo.failures == 0 ? "All true," : demo.failures + " FALSE,", millis);
      if (demo.failures > 0) {
        System.exit(1);
      }
    }
  }

  private void run() throws ErrnoException {
    title("Three jails in a row: a - r - b, r routes");
    for (String jail : List.of("a", "r", "b")) {
      does("jail -c name=" + jail + " vnet persist");
    }
    does("ifconfig epair create");
    does("ifconfig epair create");
    does("ifconfig epair0a vnet a");
    does("ifconfig epair0b vnet r");
    does("ifconfig epair1a vnet r");
    does("ifconfig epair1b vnet b");
    does("jexec a ifconfig epair0a 192.0.2.1/24 up");
    does("jexec r ifconfig epair0b 192.0.2.254/24 up");
    does("jexec r ifconfig epair1a 198.51.100.254/24 up");
    does("jexec b ifconfig epair1b 198.51.100.1/24 up");
    does("jexec r sysctl net.inet.ip.forwarding=1");
    does("jexec a route add default 192.0.2.254");
    does("jexec b route add default 198.51.100.254");

    title("A ping from end to end, through r");
    does("jexec a ping -c 3 -i 0.1 198.51.100.1");

    title("An interface moves: epair1b leaves b for a new jail c");
    does("jail -c name=c vnet persist");
    does("ifconfig epair1b -vnet b");
    does("ifconfig epair1b vnet c");
    does("jexec c ifconfig epair1b 198.51.100.2/24 up");
    does("jexec c route add default 198.51.100.254");
    does("jexec a ping -c 2 -i 0.1 198.51.100.2");
    fails("jexec a ping -c 1 -t 1 198.51.100.1");

    title("c is removed under traffic");
    Jail c = jail("c");
    Jail a = jail("a");
    Thread traffic = a.start("flood", Demo::flood);
    does("jail -r c");
    check("epair1b is home in the host", shell.line("ifconfig epair1b").ok());
    ledgerIsZero(c);
    Jail[] rest = {a, jail("r"), jail("b")};
    does("jail -r a r b");
    join(traffic);
    for (Jail j : rest) {
      ledgerIsZero(j);
    }
    does("ifconfig epair0a destroy");
    does("ifconfig epair1a destroy");
    check("only lo0 is left", shell.line("ifconfig -l").out().strip().equals("lo0"));
    check("one vnet is left", kernel.machine().vnets().list().size() == 1);
  }

  /** Sends as fast as it can until its jail dies under it. */
  private static Object flood(KernelPort port) throws Exception {
    byte[] data = new byte[512];
    long sent = 0;
    try (var socket = port.socket(SocketPort.Domain.INET, SocketPort.Type.DGRAM, 0)) {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          socket.sendTo(data, 0, data.length, "198.51.100.2", 9);
          sent++;
        } catch (KernelError e) {
          if (e.errno().equals("EINTR")
              || e.errno().equals("EBADF")
              || e.errno().equals("ECONNABORTED")) {
            break;
          }
        }
      }
    }
    return sent;
  }

  private Jail jail(String name) {
    Jail jail = kernel.jail(name);
    if (jail == null) {
      throw new IllegalStateException("no jail " + name);
    }
    return jail;
  }

  private void ledgerIsZero(Jail jail) throws ErrnoException {
    LedgerInfo ledger = jail.ledger();
    check("ledger of " + jail.name() + " reads zero", ledger.dead() && ledger.entries().isEmpty());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void title(String text) {
    System.out.println();
    System.out.println("== " + text);
  }

  private void does(String command) {
    System.out.println("$ " + command);
    LocalShell.Result r = shell.line(command);
    System.out.print(r.out().indent(4));
    if (!r.ok()) {
      System.out.print(r.err().indent(4));
      failures++;
      System.out.println("    FALSE: exit " + r.status());
    }
  }

  private void fails(String command) {
    System.out.println("$ " + command);
    LocalShell.Result r = shell.line(command);
    check("nobody answers there any more", !r.ok());
  }

  private void check(String what, boolean holds) {
    System.out.println("    " + (holds ? "true: " : "FALSE: ") + what);
    if (!holds) {
      failures++;
    }
  }
}
