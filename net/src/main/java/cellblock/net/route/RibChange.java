package cellblock.net.route;

import cellblock.wire.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber is told (ancestor: struct rib_cmd_info, net/route/route_ctl.h). CLOSING, which
 * FreeBSD does not have, is the last: the rib's routes are gone, and none will come.
 *
 * @param generation the rib's, after the change; ascending
 * @param prefix null for CLOSING
 * @param before null for ADD and CLOSING
 * @param after null for DELETE and CLOSING
 */
public record RibChange(
    Rib rib,
    Command command,
    long generation,
    @Nullable IpPrefix prefix,
    @Nullable RouteTarget before,
    @Nullable RouteTarget after) {

  /** What happened. */
  public enum Command {
    ADD,
    DELETE,
    CHANGE,
    CLOSING
  }

  @Override
  public String toString() {
    return command + (prefix == null ? "" : " " + prefix);
  }
}
