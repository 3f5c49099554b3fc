package cellblock.it.lab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A small network from a seed: jails joined by cables, a subnet each, and the routes between them.
 * Tells which way a packet must take, independently of the stack.
 */
final class RandomTopology {
  /** A cable: its ends are the jails {@code a} and {@code b}, with addresses .1 and .2. */
  record Cable(int number, int a, int b) {
    String net() {
      return "10." + number + ".0";
    }

    String address(int jail) {
      return net() + (jail == a ? ".1" : ".2");
    }

    String ifname(int jail) {
      return "epair" + number + (jail == a ? "a" : "b");
    }

    int other(int jail) {
      return jail == a ? b : a;
    }

    boolean joins(int jail) {
      return jail == a || jail == b;
    }
  }

  final int jails;
  final List<Cable> cables = new ArrayList<>();

  RandomTopology(SplittableRandom random) {
    jails = random.nextInt(2, 6);
    for (int j = 1; j < jails; j++) {
      cables.add(new Cable(cables.size(), random.nextInt(j), j));
    }
    for (int extra = random.nextInt(3); extra > 0; extra--) {
      int a = random.nextInt(jails);
      int b = random.nextInt(jails);
      if (a != b) {
        cables.add(new Cable(cables.size(), a, b));
      }
    }
  }

  static String jail(int number) {
    return "j" + number;
  }

  /** The cable on which a jail sends to a subnet; null when there is no way. */
  @Nullable Cable towards(int from, Cable net) {
    if (net.joins(from)) {
      return net;
    }
    int[] distance = new int[jails];
    Arrays.fill(distance, Integer.MAX_VALUE);
    ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(net.a(), net.b()));
    distance[net.a()] = 0;
    distance[net.b()] = 0;
    while (!queue.isEmpty()) {
      int at = queue.poll();
      for (Cable c : cables) {
        if (c.joins(at) && distance[c.other(at)] == Integer.MAX_VALUE) {
          distance[c.other(at)] = distance[at] + 1;
          queue.add(c.other(at));
        }
      }
    }
    for (Cable c : cables) {
      if (c.joins(from)
          && distance[from] != Integer.MAX_VALUE
          && distance[c.other(from)] == distance[from] - 1) {
        return c;
      }
    }
    return null;
  }

  /** The cables that a packet crosses on its way from a jail to an address. */
  List<Cable> path(int from, String to) {
    Cable net = net(to);
    List<Cable> way = new ArrayList<>();
    int at = from;
    while (!(net.joins(at) && net.address(at).equals(to))) {
      Cable next = towards(at, net);
      if (next == null) {
        return way;
      }
      way.add(next);
      at = next.other(at);
    }
    return way;
  }

  /** The subnet of an address. */
  Cable net(String address) {
    return cables.get(Integer.parseInt(address.split("\\.")[1]));
  }

  /** The jail that has an address. */
  int owner(String address) {
    Cable net = net(address);
    return net.address(net.a()).equals(address) ? net.a() : net.b();
  }

  /** An address of a jail. */
  String anyAddress(int jail, SplittableRandom random) {
    List<Cable> own = cables.stream().filter(c -> c.joins(jail)).toList();
    return own.get(random.nextInt(own.size())).address(jail);
  }
}
