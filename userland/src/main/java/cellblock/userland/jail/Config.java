package cellblock.userland.jail;

import cellblock.userland.jail.conf.ConfJail;
import cellblock.userland.jail.conf.ConfParam;
import cellblock.userland.jail.conf.ConfString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes jails of a parsed configuration: each gets the parameters of the wildcard sections that
 * match it and its own, in the order of the file, and then its variables are put in. Descends from
 * load_config() of usr.sbin/jail/config.c.
 */
final class Config {
  private Config() {}

  /** The jails of a configuration in its order. */
  static List<JailRecord> jails(List<ConfJail> written, Consumer<String> warn) {
    List<Integer> wild = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      if (Names.wild(written.get(i).name())) {
        wild.add(i);
      }
    }
    List<JailRecord> jails = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < written.size(); i++) {
      if (next < wild.size() && wild.get(next) == i) {
        next++;
      } else {
        jails.add(jail(written, i, wild, next, warn));
      }
    }
    return jails;
  }

  /**
   * Makes one jail.
   *
   * @param at its place in the file
   * @param wild the places of the wildcard sections
   * @param before how many of these come before it
   */
  private static JailRecord jail(
      List<ConfJail> written, int at, List<Integer> wild, int before, Consumer<String> warn) {
    ConfJail own = written.get(at);
    JailRecord jail = new JailRecord(own.name(), warn);
    String key = Names.numeric(own.name()) ? "jid" : "name";
    jail.add(new ConfParam(key, List.of(ConfString.of(own.name())), false, true));
    take(written, wild.subList(0, before), jail, own.name());
    own.params().forEach(jail::add);
    take(written, wild.subList(before, wild.size()), jail, own.name());
    Variables.resolve(jail);
    return jail;
  }

  private static void take(
      List<ConfJail> written, List<Integer> wild, JailRecord jail, String name) {
    for (int i : wild) {
      if (Names.matches(name, written.get(i).name())) {
        written.get(i).params().forEach(jail::add);
      }
    }
  }
}
