package cellblock.userland.net.ifconfig;

import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The words of bridges: what they refuse by themselves, and under which name a refusal of the
 * kernel is told. Ancestor: sbin/ifconfig/ifbridge.c.
 */
final class IfBridge {
  /** The ioctls, by word. */
  private static final Map<String, String> CALLS =
      Map.ofEntries(
          Map.entry("addm", "BRDGADD"),
          Map.entry("deletem", "BRDGDEL"),
          Map.entry("span", "BRDGADDS"),
          Map.entry("-span", "BRDGDELS"),
          Map.entry("static", "BRDGSADDR"),
          Map.entry("deladdr", "BRDGDADDR"),
          Map.entry("flush", "BRDGFLUSH"),
          Map.entry("flushall", "BRDGFLUSH"),
          Map.entry("maxaddr", "BRDGSCACHE"),
          Map.entry("hellotime", "BRDGSHT"),
          Map.entry("fwddelay", "BRDGSFD"),
          Map.entry("maxage", "BRDGSMA"),
          Map.entry("priority", "BRDGSPRI"),
          Map.entry("proto", "BRDGSPROTO"),
          Map.entry("holdcnt", "BRDGSTXHC"),
          Map.entry("ifpriority", "BRDGSIFPRIO"),
          Map.entry("ifpathcost", "BRDGSIFCOST"),
          Map.entry("ifmaxaddr", "BRDGSIFAMAX"),
          Map.entry("timeout", "BRDGSTO"),
          Map.entry("untagged", "BRDGSIFUNTAGGED"));

  private IfBridge() {}

  static void apply(IfChange change, String word, List<String> values, List<String> words) {
    if (word.equals("addr")) {
      list(change);
      return;
    }
    check(change, word, values);
    String call = CALLS.get(word);
    String what = call == null ? "unable to set bridge flags" : call;
    if (call != null && !values.isEmpty()) {
      what += " " + values.get(word.equals("ifpathcost") || word.equals("ifpriority") ? 1 : 0);
    }
    change.must(new IfRequest.DriverSet(change.name, "bridge", words), what);
  }

  private static void list(IfChange change) {
    try {
      Map<String, String> lines =
          change.io.kernel().ask(new IfRequest.DriverGet(change.name, "bridge.addresses"));
      for (int i = 0; i < lines.size(); i++) {
        change.io.print(lines.get(Integer.toString(i)) + "\n");
      }
    } catch (KernelError e) {
      throw change.io.err(1, "unable to get address cache", e);
    }
  }

  private static void check(IfChange change, String word, List<String> values) {
    switch (word) {
      case "maxaddr", "timeout" -> number(change, values.getFirst(), 0xffff_ffffL);
      case "priority" -> number(change, values.getFirst(), 0xffff);
      case "hellotime", "fwddelay", "maxage", "holdcnt" -> number(change, values.getFirst(), 0xff);
      case "ifpriority" -> number(change, values.get(1), 0xff);
      case "ifpathcost", "ifmaxaddr" -> number(change, values.get(1), 0xffff_ffffL);
      case "proto" -> {
        String name = values.getFirst().toLowerCase(Locale.ROOT);
        if (!name.equals("stp") && !name.equals("rstp")) {
          throw change.io.errx(1, "unknown stp protocol");
        }
      }
      case "static" -> address(change, values.get(1), values.getFirst() + ": ");
      case "deladdr" -> address(change, values.getFirst(), "");
      default -> {
        // A name: the kernel knows it or does not.
      }
    }
  }

  private static void number(IfChange change, String text, long most) {
    long n = IfWords.number(text);
    if (n >= 0 && n <= most) {
      return;
    }
    throw change.io.errx(1, "invalid value: " + text);
  }

  private static void address(IfChange change, String text, String before) {
    if (!text.matches("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}")) {
      throw change.io.errx(1, before + "invalid address: " + text);
    }
  }
}
