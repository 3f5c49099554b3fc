package cellblock.userland.net.netstat;

import static cellblock.userland.net.netstat.RouteTables.left;
import static cellblock.userland.net.netstat.RouteTables.right;

import cellblock.control.StatRequest;
import cellblock.userland.net.Xo;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The columns of -x and -T. Ancestor: usr.bin/netstat/inet.c (protopr). */
final class SocketDetail {
  private static final List<String> BUFFERS =
      List.of("R-HIWA", "S-HIWA", "R-LOWA", "S-LOWA", "R-BCNT", "S-BCNT", "R-BMAX", "S-BMAX");
  private static final List<String> TIMERS =
      List.of("rexmt", "persist", "keep", "2msl", "delack", "rcvtime");

  private SocketDetail() {}

  /** The names of the columns of -x. */
  static void header(Xo xo) {
    BUFFERS.forEach(name -> xo.text(" " + left(name, 6)));
    TIMERS.forEach(name -> xo.text(" " + right(name, 7)));
  }

  /** -x. */
  static void buffers(Xo xo, StatRequest.Detail d) {
    StatRequest.Buffer r = d.receive();
    StatRequest.Buffer s = d.send();
    pair(xo, "high-water", r.highWater(), s.highWater(), " ");
    pair(xo, "low-water", r.lowWater(), s.lowWater(), " ");
    pair(xo, "mbuf-bytes", r.storage(), s.storage(), " ");
    pair(xo, "mbuf-bytes-max", r.mostStorage(), s.mostStorage(), "");
    StatRequest.TcpDetail t = d.tcp();
    if (t != null) {
      timer(xo, "retransmit-timer", t.rexmt());
      timer(xo, "persist-timer", t.persist());
      timer(xo, "keepalive-timer", t.keep());
      timer(xo, "msl2-timer", t.msl2());
      timer(xo, "delay-ack-timer", t.delack());
      timer(xo, "inactivity-timer", t.idle());
    }
  }

  private static void pair(Xo xo, String name, int receive, int send, String end) {
    xo.number("receive-" + name, receive, right("" + receive, 6) + " ");
    xo.number("send-" + name, send, right("" + send, 6) + end);
  }

  private static void timer(Xo xo, String name, long millis) {
    String text = String.format(Locale.ROOT, "%4d.%02d", millis / 1000, millis % 1000 / 10);
    xo.string(name, text.strip(), " " + text);
  }

  /** -T. */
  static void counts(Xo xo, StatRequest.@Nullable Detail d) {
    StatRequest.TcpDetail t = d == null ? null : d.tcp();
    if (t == null) {
      xo.text(" ".repeat(21));
      return;
    }
    number(xo, "sent-retransmit-packets", t.retransmitted());
    number(xo, "received-out-of-order-packets", t.outOfOrder());
    number(xo, "sent-zero-window", t.zeroWindows());
  }

  private static void number(Xo xo, String name, int value) {
    xo.number(name, value, right("" + value, 6) + " ");
  }
}
