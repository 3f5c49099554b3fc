package cellblock.control;

import java.util.List;
import java.util.Map;

/** sysctl(3) by name; values travel as text. */
public sealed interface SysctlRequest<R> extends Request<R> {
  /** Reads one leaf; ENOENT for an unknown name (sysctl prints "unknown oid 'x'"). */
  record Get(String name) implements SysctlRequest<Node> {}

  /**
   * Writes one leaf and replies with the old value's node: EPERM read only, EINVAL out of range.
   */
  record Set(String name, String value) implements SysctlRequest<Node> {}

  /** Every leaf at or below a name ("" = all), in order. */
  record Walk(String name) implements SysctlRequest<List<Node>> {}

  /** KENV_DUMP of kenv(2): the variables that the kernel was booted with, in order. */
  record Environment() implements SysctlRequest<Map<String, String>> {}

  /**
   * One leaf.
   *
   * @param type "int", "uint", "long", "ulong", "string", "u8", "node", "opaque"
   * @param format sysctl's fmt ("I", "IU", "A", "S,timeval", …)
   */
  record Node(
      String name,
      String value,
      String type,
      String format,
      String description,
      boolean writable,
      boolean tunable,
      boolean vnet) {}
}
