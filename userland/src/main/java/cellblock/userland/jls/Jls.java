package cellblock.userland.jls;

import cellblock.control.JailRequest;
import cellblock.control.JailRequest.JailInfo;
import cellblock.control.JailRequest.ParamInfo;
import cellblock.control.KernelError;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import cellblock.userland.misc.Err;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * jls(8). Descends from usr.sbin/jls/jls.c; a jail that is going away tells, beside its state,
 * which step of its removal it is at.
 */
public final class Jls implements Tool {
  @Override
  public int run(ToolContext context) {
    Err err = new Err(context);
    JlsOptions options = new JlsOptions(context.args());
    if (options.bad()) {
      String complaint = options.complaint();
      if (complaint != null) {
        err.warnx(complaint);
      }
      err.warnx(JlsOptions.USAGE);
      return 1;
    }
    try {
      if (options.check()) {
        return check(context, options);
      }
      return list(context, options, err);
    } catch (KernelError e) {
      err.warnx(Err.words("jail_get", e));
      return 1;
    }
  }

  /** {@code -c}: says by its status alone whether the jail is there. */
  private static int check(ToolContext context, JlsOptions options) {
    try {
      return jails(context, options).isEmpty() ? 1 : 0;
    } catch (KernelError e) {
      return 1;
    }
  }

  private static int list(ToolContext context, JlsOptions options, Err err) throws KernelError {
    Map<String, ParamInfo> known = new LinkedHashMap<>();
    for (ParamInfo info : context.kernel().ask(new JailRequest.Params())) {
      known.put(info.name(), info);
    }
    List<Column> columns = new ArrayList<>();
    for (String param : options.params()) {
      if (param.equals("all")) {
        columns.addAll(all(known));
        continue;
      }
      Column column = column(param, known);
      if (column == null) {
        err.warnx("unknown parameter: " + param);
        return 1;
      }
      columns.add(column);
    }
    if (columns.isEmpty() && (options.header() || options.nameValue())) {
      columns.addAll(all(known));
    }
    List<JailInfo> jails = jails(context, options);
    Markup markup = options.markup();
    Report report = new Report(options, columns, known);
    PrintStream out = context.out();
    out.print(markup == null ? report.text(jails) : report.markup(jails, markup));
    out.flush();
    return 0;
  }

  private static List<Column> all(Map<String, ParamInfo> known) {
    return Column.sorted(
        known.values().stream().map(info -> new Column(info.name(), info)).toList());
  }

  private static @Nullable Column column(String name, Map<String, ParamInfo> known) {
    ParamInfo info = known.get(name);
    int at = name.lastIndexOf('.') + 1;
    if (info == null && name.startsWith("no", at)) {
      info = known.get(name.substring(0, at) + name.substring(at + 2));
      return info != null && info.type().equals("bool") ? new Column(name, info) : null;
    }
    if (info == null && (name.startsWith("meta.") || name.startsWith("env."))) {
      boolean buffer = known.containsKey(name.substring(0, name.indexOf('.')));
      return buffer ? new Column(name, new ParamInfo(name, "string", true, "")) : null;
    }
    return info == null ? null : new Column(name, info);
  }

  private static List<JailInfo> jails(ToolContext context, JlsOptions options) throws KernelError {
    String jail = options.jail();
    if (jail == null) {
      return context.kernel().ask(new JailRequest.ListAll(options.dying()));
    }
    String key = jail.matches("[0-9]*[1-9][0-9]*") ? "jid" : "name";
    return List.of(context.kernel().ask(new JailRequest.Get(key, jail, options.dying())));
  }
}
