package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Ifinfo;
import cellblock.inet.ip6.Ip6;
import cellblock.wire.Ip6Address;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Gratuitous advertisements: neighbours are told that an interface's link address is another now
 * (ancestor: nd6_grand_start of netinet6/nd6_nbr.c; RFC 4861 section 7.2.6). One address a second,
 * the first at once. Threading: the vnet's lane.
 */
final class Nd6Grand {
  private final Ip6 ip;
  private final Nd6Output output;
  private final Nd6Timer timer;
  private @Nullable ArrayDeque<In6Address> waiting;

  Nd6Grand(Ip6 ip, Nd6Output output) {
    this.ip = ip;
    this.output = output;
    this.timer = new Nd6Timer(ip.vnet, "nd6 gratuitous advertisements", this::next);
  }

  /** Tells of every address of an interface. */
  void start(In6Ifinfo in) {
    if (!in.up() || in.disabled()) {
      return;
    }
    stop(in);
    ArrayDeque<In6Address> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(2);
      waiting = queue;
    }
    for (In6Address a : in.addresses()) {
      if (a.ready() && !a.is(In6Address.ANYCAST)) {
        queue.add(a);
      }
    }
    next();
  }

  private void next() {
    In6Address a = waiting == null ? null : waiting.poll();
    if (a == null) {
      return;
    }
    if (a.attached() && a.ready() && a.in().up()) {
      int flags = Nd6Output.OVERRIDE | (ip.settings.forwarding != 0 ? Nd6Output.ROUTER : 0);
      long mac = a.ifnet().lladdr();
      output.advertise(a.in(), a.hi(), a.lo(), mac, flags, a, Ip6Address.ALL_NODES.hi(), 1);
    }
    timer.after(Nd6.SECOND);
  }

  void stop(In6Ifinfo gone) {
    if (waiting != null) {
      waiting.removeIf(a -> a.in() == gone);
    }
  }

  void stopAll() {
    waiting = null;
    timer.stop();
  }
}
