package cellblock.userland.net.ifconfig;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options before the interface name. Ancestor: sbin/ifconfig/ifconfig.c, struct ifconfig_args.
 */
final class IfArgs {
  boolean all;
  boolean namesOnly;
  boolean downOnly;
  boolean upOnly;
  boolean capabilities;

  /** -D, -v. */
  boolean driverName;

  boolean noLoad;
  @Nullable String matchGroup;
  @Nullable String noGroup;
  @Nullable String printGroup;
  @Nullable String jail;
  boolean cloners;
  final IfFormat format = new IfFormat();

  /** "inet", "inet6", "link", "ether" or "lladdr"; null for all. */
  @Nullable String family;

  @Nullable String ifname;
  List<String> words = List.of();
}
