package cellblock.userland.jail;

import cellblock.userland.jail.conf.ConfParam;
import cellblock.userland.jail.conf.ConfString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parameter of one jail while it is put together (struct cfparam). */
final class JailParam {
  private String name;
  private final boolean variable;
  private final boolean fixed;
  private final @Nullable CommandParam command;
  private final List<ConfString> written = new ArrayList<>();
  private List<String> values = new ArrayList<>();

  JailParam(String name, boolean variable) {
    this.name = name;
    this.variable = variable;
    this.fixed = name.equals("jid") || name.equals("name");
    this.command = variable ? null : CommandParam.named(name);
  }

  String name() {
    return name;
  }

  /** Takes the other spelling of a boolean's name. */
  void rename(String newName) {
    name = newName;
  }

  /** Whether it is a variable: substituted, but no parameter. */
  boolean variable() {
    return variable;
  }

  /** Whether a second definition is a mistake. */
  boolean fixed() {
    return fixed;
  }

  /** Which of jail(8)'s own parameters it is; null for one of the kernel. */
  @Nullable CommandParam command() {
    return command;
  }

  List<ConfString> written() {
    return written;
  }

  void define(ConfParam source, boolean append) {
    if (!append || source.values().isEmpty()) {
      written.clear();
    }
    written.addAll(source.values());
  }

  /** The values with variables put in; a list of its own that steps may change. */
  List<String> values() {
    return values;
  }

  void resolved(List<String> texts) {
    values = new ArrayList<>(texts);
  }

  /** The last value, or null: what counts for a scalar. */
  @Nullable String last() {
    return values.isEmpty() ? null : values.getLast();
  }

  /** Its truth as a boolean: bare or "true" or a number, turned about by a "no" in its name. */
  boolean isTrue() {
    String last = last();
    return Names.negated(name) != (last == null || Names.truth(last));
  }
}
