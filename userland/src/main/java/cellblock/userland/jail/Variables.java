package cellblock.userland.jail;

import cellblock.userland.jail.conf.ConfString;
import cellblock.userland.jail.conf.Piece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts variables into the parameters of one jail; a parameter may stand for a variable, too.
 * Descends from the end of load_config() of usr.sbin/jail/config.c, by recursion instead of
 * reordering.
 */
final class Variables {
  private final JailRecord jail;
  private final Map<JailParam, List<String>> done = new HashMap<>();
  private final Set<JailParam> bad = new HashSet<>();
  private final Set<JailParam> underWay = new HashSet<>();

  private Variables(JailRecord jail) {
    this.jail = jail;
  }

  /** Resolves every parameter of the jail; a jail with an unknown variable is marked as failed. */
  static void resolve(JailRecord jail) {
    Variables variables = new Variables(jail);
    for (JailParam param : jail.params()) {
      param.resolved(variables.values(param));
    }
    jail.params().removeIf(JailParam::variable);
  }

  private List<String> values(JailParam param) {
    List<String> known = done.get(param);
    if (known != null) {
      return known;
    }
    underWay.add(param);
    List<String> texts = new ArrayList<>();
    for (ConfString string : param.written()) {
      expand(param, string, texts);
    }
    underWay.remove(param);
    done.put(param, texts);
    return texts;
  }

  private void expand(JailParam param, ConfString string, List<String> texts) {
    String only = string.onlyVariable();
    if (only != null) {
      List<String> values = lookup(param, only);
      texts.addAll(values == null ? List.of("") : values);
      return;
    }
    StringBuilder text = new StringBuilder();
    for (Piece piece : string.pieces()) {
      switch (piece) {
        case Piece.Text plain -> text.append(plain.text());
        case Piece.Variable variable -> text.append(inline(param, variable.name()));
      }
    }
    texts.add(text.toString());
  }

  private String inline(JailParam param, String variable) {
    List<String> values = lookup(param, variable);
    if (values == null) {
      return "";
    }
    if (values.size() > 1) {
      jail.warnx(param.name() + ": array cannot be substituted inline");
      spoil(param);
      return "";
    }
    return values.getFirst();
  }

  private @Nullable List<String> lookup(JailParam param, String variable) {
    JailParam found = null;
    for (JailParam candidate : jail.params()) {
      if (candidate.name().equals(variable)) {
        found = candidate;
      }
    }
    String jailName = jail.name();
    if (found == null && variable.equals("name") && jailName != null) {
      return List.of(jailName);
    }
    if (found == null || found.written().isEmpty()) {
      jail.warnx(param.name() + ": variable \"" + variable + "\" not found");
      spoil(param);
      return null;
    }
    if (underWay.contains(found)) {
      if (bad.add(found)) {
        jail.warnx(variable + ": variable loop");
      }
      spoil(param);
      return null;
    }
    List<String> values = values(found);
    if (bad.contains(found)) {
      spoil(param);
      return null;
    }
    return values;
  }

  private void spoil(JailParam param) {
    bad.add(param);
    jail.fail();
  }
}
