package cellblock.inet.nd6;

import cellblock.inet.ip6.In6Address;
import cellblock.inet.ip6.In6Control;
import cellblock.inet.ip6.Ip6;
import cellblock.kern.errno.ErrnoException;
import cellblock.wire.Ip6Address;
import java.util.List;

/**
 * Temporary addresses beside those that routers' prefixes make, with another random identifier each
 * day (ancestor: in6_tmpifadd of netinet6/nd6_rtr.c, regen_tmpaddr of nd6.c; RFC 8981). Off unless
 * net.inet6.ip6.use_tempaddr. Threading: the vnet's lane.
 */
final class Nd6Temporary {
  /** So many seconds before one is deprecated the next one is made: REGEN_ADVANCE. */
  private static final long ADVANCE = 5;

  /** At most so many seconds a host uses one for less than it might: MAX_DESYNC_FACTOR. */
  private static final int DESYNC = 600;

  private final Ip6 ip;
  private final In6Control control;
  private final Nd6Timer timer;

  Nd6Temporary(Ip6 ip, In6Control control) {
    this.ip = ip;
    this.control = control;
    this.timer = new Nd6Timer(ip.vnet, "nd6 temporary addresses", this::regenerate);
  }

  private long now() {
    return ip.vnet.lane().now();
  }

  private static long shorter(long a, long b) {
    return a < 0 ? b : b < 0 ? a : Math.min(a, b);
  }

  /** Makes one beside a public address, if they are wanted. */
  void make(In6Address open) {
    if (ip.settings.useTempaddr == 0 || open.prefixLength() != 64) {
      return;
    }
    long desync = ip.random.nextInt(DESYNC);
    long most = Math.max(1, ip.settings.temppltime - desync);
    long valid = shorter(open.valid(now()), ip.settings.tempvltime);
    long preferred = shorter(open.preferred(now()), most);
    if (preferred <= ADVANCE) {
      return; // it would be deprecated before the next one could be made
    }
    for (int tries = 0; tries < 3; tries++) {
      long id = ip.random.nextLong();
      if (id == 0 || open.in().address(open.hi(), id) != null || id >>> 7 == 0xfdff_ffff_ffff_ffL) {
        continue; // RFC 5453's reserved ones
      }
      try {
        int flags = In6Address.AUTOCONF | In6Address.TEMPORARY;
        Ip6Address a = new Ip6Address(open.hi(), id, 0);
        control.add(open.ifnet(), new In6Control.Wish(a, 64, null, preferred, valid, flags));
      } catch (ErrnoException e) {
        // The vnet is going away.
      }
      arm();
      return;
    }
  }

  /** A router renewed the prefix: no temporary address lives longer than it was made for. */
  void renew(In6Address a, long wanted, long liked) {
    long age = (now() - a.created()) / Nd6.SECOND;
    long valid = shorter(wanted, Math.max(0, ip.settings.tempvltime - age));
    long preferred = shorter(liked, Math.max(0, ip.settings.temppltime - age));
    if (valid != 0) {
      control.lifetimes(a, Math.min(preferred, valid), valid);
    }
    arm();
  }

  // ---- the next one in time ----

  private void arm() {
    long next = Long.MAX_VALUE;
    for (In6Address a : ip.addresses.list()) {
      long left = a.preferred(now());
      if (a.is(In6Address.TEMPORARY) && !a.is(In6Address.DEPRECATED) && left > ADVANCE) {
        next = Math.min(next, left - ADVANCE);
      }
    }
    if (next != Long.MAX_VALUE) {
      timer.after(next * Nd6.SECOND + 1);
    }
  }

  /** For each prefix whose temporary address is about to grow old, another one. */
  private void regenerate() {
    List<In6Address> all = ip.addresses.list();
    for (In6Address open : all) {
      boolean public6 =
          open.is(In6Address.AUTOCONF)
              && !open.is(In6Address.TEMPORARY | In6Address.DEPRECATED | In6Address.DETACHED);
      if (!public6) {
        continue;
      }
      boolean had = false;
      boolean fresh = false;
      for (In6Address t : all) {
        if (t.is(In6Address.TEMPORARY) && t.in() == open.in() && t.hi() == open.hi()) {
          had = true;
          long left = t.preferred(now());
          fresh |= !t.is(In6Address.DEPRECATED) && (left < 0 || left > ADVANCE);
        }
      }
      if (had && !fresh) {
        make(open);
      }
    }
    arm();
  }

  void stop() {
    timer.stop();
  }
}
