package cellblock.userland.jail;

import cellblock.userland.jail.conf.ConfParam;
import cellblock.userland.jail.conf.ConfString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A jail that this run of jail(8) may act on (struct cfjail). {@code name} is null for a jail
 * described on the command line; messages then carry no name.
 */
final class JailRecord {
  /** No such jail is running. */
  static final int NOT_RUNNING = -1;

  private final @Nullable String name;
  private final List<JailParam> params = new ArrayList<>();
  private final Consumer<String> warn;
  private int jid;
  private int lastJid;
  private boolean failed;

  JailRecord(@Nullable String name, Consumer<String> warn) {
    this.name = name;
    this.warn = warn;
  }

  @Nullable String name() {
    return name;
  }

  List<JailParam> params() {
    return params;
  }

  /** The jid, 0 while it is not known, {@link #NOT_RUNNING}. */
  int jid() {
    return jid;
  }

  /** The jid that it had last, 0 if it never had one: hooks still name a jail that is gone. */
  int lastJid() {
    return lastJid;
  }

  void setJid(int newJid) {
    jid = newJid;
    if (newJid > 0) {
      lastJid = newJid;
    }
  }

  boolean failed() {
    return failed;
  }

  void fail() {
    failed = true;
  }

  /** Prints "NAME: message" on standard error. */
  void warnx(String message) {
    warn.accept(name == null ? message : name + ": " + message);
  }

  /** Prints {@code "NAME" message}: the form for a jail that is not there, or is there already. */
  void quoted(String message, String nameless) {
    String shown = name;
    if (shown == null) {
      shown = string("jid");
    }
    if (shown == null) {
      shown = string("name");
    }
    warn.accept(shown == null ? nameless : "\"" + shown + "\" " + message);
  }

  /** Adds a parameter as written in a file, or replaces or lengthens the one it has. */
  void add(ConfParam source) {
    add(source, source.append());
  }

  /** Adds a parameter from the command line: values gather. */
  void add(String param, @Nullable String value) {
    List<ConfString> values = value == null ? List.of() : List.of(ConfString.of(value));
    add(new ConfParam(param, values, false, true), true);
  }

  private void add(ConfParam source, boolean append) {
    JailParam old = find(source.name());
    if (old == null) {
      if (source.variable() && isParameter(source.name())) {
        clash(source.name());
        return;
      }
      old = new JailParam(source.name(), source.variable());
      params.add(old);
    } else if (old.variable() != source.variable()) {
      clash(source.name());
      return;
    } else if (old.fixed() && !old.variable()) {
      warnx("cannot redefine parameter \"" + old.name() + "\".");
      fail();
      return;
    }
    old.rename(source.name());
    old.define(source, append);
  }

  private static boolean isParameter(String name) {
    return CommandParam.named(name) != null || name.equals("jid") || name.equals("name");
  }

  private void clash(String param) {
    warnx("variable \"$" + param + "\" cannot have the same name as a parameter.");
    fail();
  }

  /** The parameter of that name, "no" or not. */
  @Nullable JailParam find(String param) {
    for (JailParam candidate : params) {
      if (Names.same(candidate.name(), param)) {
        return candidate;
      }
    }
    return null;
  }

  /** The last value of a parameter, or null. */
  @Nullable String string(String param) {
    JailParam found = find(param);
    return found == null ? null : found.last();
  }

  @Nullable String string(CommandParam param) {
    return string(param.text());
  }

  /** All values of a parameter; empty when it is not set. */
  List<String> list(String param) {
    JailParam found = find(param);
    return found == null ? List.of() : found.values();
  }

  boolean isSet(CommandParam param) {
    return find(param.text()) != null;
  }

  /** Whether a boolean parameter is there and true. */
  boolean isTrue(String param) {
    JailParam found = find(param);
    return found != null && found.isTrue();
  }

  boolean isTrue(CommandParam param) {
    return isTrue(param.text());
  }

  /** An integer parameter, {@code otherwise} when it is not set. Its form has been checked. */
  int integer(CommandParam param, int otherwise) {
    String value = string(param);
    return value == null ? otherwise : Integer.parseInt(value);
  }
}
