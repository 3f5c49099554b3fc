package cellblock.packetdrill;

import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketOption;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** getsockopt(2) and setsockopt(2) by FreeBSD's names. Threading: one thread. */
final class Options {
  private static final Map<String, SocketOption> BY_NAME =
      Arrays.stream(SocketOption.values())
          .collect(Collectors.toMap(Enum::name, Function.identity()));

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
    SocketOption o = option(a);
    String text = text(a.at(3));
    if (text != null) {
      s.setText(o, text);
      return Returned.of(0);
    }
    s.setOption(o, (int) valueOf(a));
    return Returned.of(0);
  }

  /** A string, or the name of a set of functions (struct tcp_function_set); null = neither. */
  private static @Nullable String text(Expression e) {
    Expression name = e instanceof Expression.Struct s ? s.get("function_set_name") : e;
    return name instanceof Expression.Text t ? t.text() : null;
  }

  private static long valueOf(Arguments a) throws Arguments.Bad {
    Expression e = a.at(3);
    if (e instanceof Expression.Struct s) {
      if (s.has("onoff")) {
        boolean on = Arguments.value(s.get("onoff")) != 0;
        return on ? Arguments.value(s.get("linger")) : -1;
      }
      return Arguments.value(s.fields().getFirst().value());
    }
    return a.item(3);
  }

  Returned get(Socket s, Arguments a) throws ErrnoException, Arguments.Bad {
    SocketOption o = option(a);
    String text = text(a.at(3));
    if (text != null) {
      String actual = s.getText(o);
      return text.equals(actual)
          ? Returned.of(0)
          : new Returned(0, null, "value: expected " + text + ", actual " + actual);
    }
    int actual = s.getOption(o);
    if (o == SocketOption.SO_LINGER && a.at(3) instanceof Expression.Struct w) {
      return linger(actual, w);
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
