package cellblock.packetdrill;

import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** getsockopt(2) and setsockopt(2) by FreeBSD's names. Threading: one thread. */
final class Options {
  private static final Map<String, SocketOption> BY_NAME =
      Arrays.stream(SocketOption.values())
          .collect(Collectors.toMap(Enum::name, Function.identity()));
  private static final List<String> CONGESTION = List.of("newreno", "cubic");

  private static SocketOption option(Arguments a) throws ErrnoException, Arguments.Bad {
    a.number(1);
    String name = a.name(2);
    SocketOption o = BY_NAME.get(name);
    if (o == null) {
      if (Symbols.value(name) == null) {
        throw new Arguments.Bad("unknown socket option " + name);
      }
      throw new ErrnoException(Errno.ENOPROTOOPT);
    }
    return o;
  }

  Returned set(Socket s, Arguments a) throws ErrnoException, Arguments.Bad {
    if (a.name(2).equals("TCP_FUNCTION_BLK")) {
      Expression name = Arguments.struct(a.at(3)).get("function_set_name");
      boolean known = name instanceof Expression.Text t && t.text().equals("freebsd");
      if (!known) {
        throw new ErrnoException(Errno.ENOENT);
      }
      return Returned.of(0); // the one stack of functions that there is
    }
    SocketOption o = option(a);
    s.setOption(o, (int) valueOf(o, a));
    return Returned.of(0);
  }

  private static long valueOf(SocketOption o, Arguments a) throws ErrnoException, Arguments.Bad {
    Expression e = a.at(3);
    if (e instanceof Expression.Struct s) {
      if (s.has("onoff")) {
        boolean on = Arguments.value(s.get("onoff")) != 0;
        return on ? Arguments.value(s.get("linger")) : -1;
      }
      return Arguments.value(s.fields().getFirst().value());
    }
    if (e instanceof Expression.Text t && o == SocketOption.TCP_CONGESTION) {
      int at = CONGESTION.indexOf(t.text());
      if (at < 0) {
        throw new ErrnoException(Errno.ESRCH);
      }
      return at;
    }
    return a.item(3);
  }

  Returned get(Socket s, Arguments a) throws ErrnoException, Arguments.Bad {
    SocketOption o = option(a);
    int actual = s.getOption(o);
    if (o == SocketOption.SO_LINGER && a.at(3) instanceof Expression.Struct w) {
      return linger(actual, w);
    }
    if (o == SocketOption.TCP_CONGESTION && a.at(3) instanceof Expression.Text t) {
      String name = actual < CONGESTION.size() ? CONGESTION.get(actual) : Integer.toString(actual);
      return t.text().equals(name)
          ? Returned.of(0)
          : new Returned(0, null, "value: expected " + t.text() + ", actual " + name);
    }
    return a.expect(3, actual, 0);
  }

  private static Returned linger(int actual, Expression.Struct wanted) throws Arguments.Bad {
    boolean on = actual >= 0;
    boolean same =
        (Arguments.value(wanted.get("onoff")) != 0) == on
            && (!on || Arguments.value(wanted.get("linger")) == actual);
    return same ? Returned.of(0) : new Returned(0, null, "linger: actual " + actual);
  }
}
