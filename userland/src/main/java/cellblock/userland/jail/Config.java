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
    List<JailRecord> jails = new ArrayList<>();
    for (ConfJail source : written) {
      if (!Names.wild(source.name())) {
        jails.add(jail(source, written, warn));
      }
    }
    return jails;
  }

  private static JailRecord jail(ConfJail own, List<ConfJail> written, Consumer<String> warn) {
    JailRecord jail = new JailRecord(own.name(), warn);
    String key = Names.numeric(own.name()) ? "jid" : "name";
    jail.add(new ConfParam(key, List.of(ConfString.of(own.name())), false, true));
    for (ConfJail section : written) {
      boolean wild = Names.wild(section.name()) && Names.matches(own.name(), section.name());
      if (section == own || wild) {
        section.params().forEach(jail::add);
      }
    }
    Variables.resolve(jail);
    return jail;
  }
}
