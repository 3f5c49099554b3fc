package cellblock.packetdrill;

import java.util.List;
import java.util.stream.Collectors;

/** An argument of a call, or its result. Immutable. */
sealed interface Expression {
  /** {@code ...}: whatever the runner chooses, or whatever comes out. */
  record Any() implements Expression {
    @Override
    public String toString() {
      return "...";
    }
  }

  record Number(long value) implements Expression {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /** A name that stands for a number. */
  record Name(String name) implements Expression {
    @Override
    public String toString() {
      return name;
    }
  }

  record Text(String text) implements Expression {
    @Override
    public String toString() {
      return '"' + text + '"';
    }
  }

  /** {@code a | b}. */
  record Or(Expression left, Expression right) implements Expression {
    @Override
    public String toString() {
      return left + " | " + right;
    }
  }

  /** {@code [a, b]}. */
  record Items(List<Expression> items) implements Expression {
    @Override
    public String toString() {
      return items.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
    }
  }

  /** {@code {name=value, ...}}; a field without a name has the empty one. */
  record Struct(List<Field> fields) implements Expression {
    record Field(String name, Expression value) {}

    /** The value of a field, or {@link Any} where there is none. */
    Expression get(String name) {
      for (Field f : fields) {
        if (f.name.equals(name)) {
          return f.value;
        }
      }
      return new Any();
    }

    boolean has(String name) {
      return fields.stream().anyMatch(f -> f.name.equals(name));
    }

    @Override
    public String toString() {
      return fields.stream()
          .map(f -> f.name.isEmpty() ? f.value.toString() : f.name + "=" + f.value)
          .collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /** {@code htons(1)}, {@code inet_addr("1.2.3.4")}. */
  record Apply(String function, Expression argument) implements Expression {
    @Override
    public String toString() {
      return function + "(" + argument + ")";
    }
  }
}
