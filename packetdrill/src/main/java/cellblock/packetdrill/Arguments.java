package cellblock.packetdrill;

import cellblock.wire.Ip4Address;
import cellblock.wire.Ip6Address;
import cellblock.wire.IpAddress;
import java.util.List;

/** The arguments of a call, as values. Threading: one thread. */
final class Arguments {
  private final List<Expression> list;

  Arguments(List<Expression> list) {
    this.list = list;
  }

  /** An argument that makes no sense: the script's fault. */
  static final class Bad extends Exception {
    private static final long serialVersionUID = 1L;

    Bad(String message) {
      super(message);
    }
  }

  /** Itself, when it has that many. */
  Arguments size(int wanted) throws Bad {
    if (list.size() != wanted) {
      throw new Bad("expected " + wanted + " arguments, found " + list.size());
    }
    return this;
  }

  Expression at(int i) throws Bad {
    if (i >= list.size()) {
      throw new Bad("argument " + (i + 1) + " is missing");
    }
    return list.get(i);
  }

  boolean isAny(int i) throws Bad {
    return at(i) instanceof Expression.Any;
  }

  long number(int i) throws Bad {
    return value(at(i));
  }

  int fd(int i) throws Bad {
    return (int) number(i);
  }

  long flags(int i) throws Bad {
    return number(i);
  }

  /** A name as it stands. */
  String name(int i) throws Bad {
    if (at(i) instanceof Expression.Name n) {
      return n.name();
    }
    throw new Bad("argument " + (i + 1) + ": expected a name, found " + at(i));
  }

  List<Expression> items(int i) throws Bad {
    if (at(i) instanceof Expression.Items l) {
      return l.items();
    }
    throw new Bad("argument " + (i + 1) + ": expected a list, found " + at(i));
  }

  /** The one number in brackets, or a number. */
  long item(int i) throws Bad {
    return at(i) instanceof Expression.Items l && l.items().size() == 1
        ? value(l.items().getFirst())
        : value(at(i));
  }

  /** Whether a value that a call gave out is what the argument says. */
  Returned expect(int i, long actual, long result) throws Bad {
    if (at(i) instanceof Expression.Any
        || at(i) instanceof Expression.Items l
            && l.items().size() == 1
            && l.items().getFirst() instanceof Expression.Any) {
      return Returned.of(result);
    }
    long wanted = item(i);
    return wanted == actual
        ? Returned.of(result)
        : new Returned(result, null, "value: expected " + wanted + ", actual " + actual);
  }

  /** Bytes of an array of iovec. */
  long vector(int i) throws Bad {
    return vector(at(i));
  }

  private static long vector(Expression e) throws Bad {
    if (!(e instanceof Expression.Items l)) {
      throw new Bad("expected a list of buffers, found " + e);
    }
    long sum = 0;
    for (Expression one : l.items()) {
      Expression.Struct s = struct(one);
      sum += s.has("iov_len") ? value(s.get("iov_len")) : value(s.fields().getLast().value());
    }
    return sum;
  }

  /** Bytes of the buffers of a msghdr. */
  long message(int i) throws Bad {
    return vector(struct(at(i)).get("msg_iov"));
  }

  /** The address of a sockaddr, or {@code otherwise} where the script leaves it open. */
  IpAddress address(int i, IpAddress otherwise) throws Bad {
    if (!(at(i) instanceof Expression.Struct s)) {
      return otherwise;
    }
    Expression e = s.has("sin6_addr") ? s.get("sin6_addr") : s.get("sin_addr");
    if (e instanceof Expression.Apply a && a.argument() instanceof Expression.Text t) {
      IpAddress found = Ip4Address.tryParse(t.text());
      found = found == null ? Ip6Address.tryOf(t.text()) : found;
      if (found != null) {
        return found;
      }
    }
    throw new Bad("not an address: " + e);
  }

  /** The port of a sockaddr. */
  int port(int i, int otherwise) throws Bad {
    if (!(at(i) instanceof Expression.Struct s)) {
      return otherwise;
    }
    Expression e = s.has("sin6_port") ? s.get("sin6_port") : s.get("sin_port");
    return (int) value(e instanceof Expression.Apply a ? a.argument() : e);
  }

  static Expression.Struct struct(Expression e) throws Bad {
    if (e instanceof Expression.Struct s) {
      return s;
    }
    throw new Bad("expected a structure, found " + e);
  }

  static long value(Expression e) throws Bad {
    return switch (e) {
      case Expression.Number n -> n.value();
      case Expression.Or o -> value(o.left()) | value(o.right());
      case Expression.Apply a -> value(a.argument());
      case Expression.Name n -> {
        Long v = Symbols.value(n.name());
        if (v == null) {
          throw new Bad("unknown symbol " + n.name());
        }
        yield v;
      }
      default -> throw new Bad("expected a number, found " + e);
    };
  }
}
