package cellblock.it.lab;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A small network from a seed: jails joined by cables and tunnels, a subnet of each family on each,
 * and the routes between them. Tells which way a packet must take, independently of the stack.
 * Outer packets of tunnels, and whatever is for a cable's subnet, travel on cables alone.
 */
final class RandomTopology {
  /** What joins two jails. */
  enum Kind {
    EPAIR,
    GIF,
    GRE,
    VXLAN;

    /** Whether its interfaces speak Ethernet. */
    boolean ethernet() {
      return this == EPAIR || this == VXLAN;
    }
  }

  /**
   * A cable or tunnel: its ends are the jails {@code a} and {@code b}, with addresses .1 and .2,
   * ::1 and ::2; {@code outerA} and {@code outerB} are the outer addresses of a tunnel, else empty.
   */
  record Cable(int number, Kind kind, int a, int b, String outerA, String outerB) {
    String net() {
      return "10." + number + ".0";
    }

    String net6() {
      return "2001:db8:" + Integer.toHexString(number + 1) + "::";
    }

    String address(int jail) {
      return net() + (jail == a ? ".1" : ".2");
    }

    String address6(int jail) {
      return net6() + (jail == a ? "1" : "2");
    }

    String outer(int jail) {
      return jail == a ? outerA : outerB;
    }

    String ifname(int jail) {
      return kind == Kind.EPAIR
          ? "epair" + number + (jail == a ? "a" : "b")
          : kind.name().toLowerCase(Locale.ROOT) + number;
    }

    int other(int jail) {
      return jail == a ? b : a;
    }

    boolean joins(int jail) {
      return jail == a || jail == b;
    }

    boolean tunnel() {
      return kind != Kind.EPAIR;
    }
  }

  final int jails;
  final List<Cable> cables = new ArrayList<>();

  RandomTopology(SplittableRandom random) {
    jails = random.nextInt(2, 6);
    for (int j = 1; j < jails; j++) {
      cable(random.nextInt(j), j);
    }
    for (int extra = random.nextInt(3); extra > 0; extra--) {
      int a = random.nextInt(jails);
      int b = random.nextInt(jails);
      if (a != b) {
        cable(a, b);
      }
    }
    int physical = cables.size();
    for (int tunnels = random.nextInt(3); tunnels > 0; tunnels--) {
      int a = random.nextInt(jails);
      int b = random.nextInt(jails);
      Kind kind = Kind.values()[random.nextInt(1, 4)];
      boolean six = random.nextBoolean();
      if (a != b) {
        String from = outer(a, six, physical, random);
        Cable tunnel = new Cable(cables.size(), kind, a, b, from, outer(b, six, physical, random));
        if (cables.stream().noneMatch(c -> sameEnds(c, tunnel))) {
          cables.add(tunnel);
        }
      }
    }
  }

  /** Two tunnels of a kind cannot have the same ends. */
  private static boolean sameEnds(Cable one, Cable other) {
    return one.kind() == other.kind()
        && List.of(other.outerA(), other.outerB()).contains(one.outerA())
        && List.of(other.outerA(), other.outerB()).contains(one.outerB());
  }

  private void cable(int a, int b) {
    cables.add(new Cable(cables.size(), Kind.EPAIR, a, b, "", ""));
  }

  private String outer(int jail, boolean six, int physical, SplittableRandom random) {
    List<Cable> own = cables.subList(0, physical).stream().filter(c -> c.joins(jail)).toList();
    Cable c = own.get(random.nextInt(own.size()));
    return six ? c.address6(jail) : c.address(jail);
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
        if (!c.tunnel() && c.joins(at) && distance[c.other(at)] == Integer.MAX_VALUE) {
          distance[c.other(at)] = distance[at] + 1;
          queue.add(c.other(at));
        }
      }
    }
    for (Cable c : cables) {
      if (!c.tunnel()
          && c.joins(from)
          && distance[from] != Integer.MAX_VALUE
          && distance[c.other(from)] == distance[from] - 1) {
        return c;
      }
    }
    return null;
  }

  /** The cables and tunnels that a packet crosses on its way from a jail to an address. */
  List<Cable> path(int from, String to) {
    Cable net = net(to);
    List<Cable> way = new ArrayList<>();
    int at = from;
    while (at != owner(to)) {
      Cable next = towards(at, net);
      if (next == null) {
        return way;
      }
      way.add(next);
      at = next.other(at);
    }
    return way;
  }

  /** The jails on the way from one to an address and back, those below tunnels too. */
  void through(int from, String to, Set<Integer> jails) {
    jails.add(from);
    jails.add(owner(to));
    List<Cable> there = path(from, to);
    crossed(there, jails);
    if (!there.isEmpty()) {
      Cable first = there.getFirst();
      String source = to.contains(":") ? first.address6(from) : first.address(from);
      crossed(path(owner(to), source), jails);
    }
  }

  private void crossed(List<Cable> way, Set<Integer> jails) {
    for (Cable c : way) {
      jails.add(c.a());
      jails.add(c.b());
      if (c.tunnel()) {
        crossed(path(c.a(), c.outerB()), jails);
        crossed(path(c.b(), c.outerA()), jails);
      }
    }
  }

  /** Whether an address is one that this network can have. */
  boolean knows(String address) {
    String[] words = address.split(address.contains(":") ? ":" : "\\.");
    boolean six = address.startsWith("2001:db8:") && words.length == 5;
    if (!six && !(address.startsWith("10.") && words.length == 4)) {
      return false;
    }
    int number = six ? Integer.parseInt(words[2], 16) - 1 : Integer.parseInt(words[1]);
    String host = words[words.length - 1];
    return number >= 0 && number < cables.size() && (host.equals("1") || host.equals("2"));
  }

  /** The subnet of an address. */
  Cable net(String address) {
    return address.contains(":")
        ? cables.get(Integer.parseInt(address.split(":")[2], 16) - 1)
        : cables.get(Integer.parseInt(address.split("\\.")[1]));
  }

  /** The jail that has an address. */
  int owner(String address) {
    Cable net = net(address);
    return address.endsWith("1") ? net.a() : net.b();
  }

  /** An address of a jail. */
  String anyAddress(int jail, boolean six, SplittableRandom random) {
    List<Cable> own = cables.stream().filter(c -> c.joins(jail)).toList();
    Cable c = own.get(random.nextInt(own.size()));
    return six ? c.address6(jail) : c.address(jail);
  }
}
