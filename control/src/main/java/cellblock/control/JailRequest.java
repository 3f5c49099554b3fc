package cellblock.control;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** jail(2): jail_set, jail_get, jail_attach, jail_remove, and what our kernel tells beyond them. */
public sealed interface JailRequest<R> extends Request<R> {
  /**
   * jail_set(2). Parameters in order, values as text ("" or null for a bare boolean; lists joined
   * by commas). Replies with the jid. With {@code attach} the calling process enters the jail.
   */
  record Set(List<Param> params, boolean create, boolean update, boolean attach)
      implements JailRequest<Integer> {}

  /** One parameter; {@code value} null stands for a boolean without a value. */
  record Param(String name, @Nullable String value) {}

  /**
   * jail_get(2) of the jail that {@code key} names ("jid" or "name", or "lastjid" to walk). Replies
   * with every parameter of that jail, by name, as text.
   */
  record Get(String key, String value, boolean dying) implements JailRequest<JailInfo> {}

  /** All jails below the caller's, by jid. */
  record ListAll(boolean dying) implements JailRequest<List<JailInfo>> {}

  /** jail_attach(2): the calling process enters the jail, for good. */
  record Attach(int jid) implements JailRequest<Integer> {}

  /**
   * jail_remove(2): kills, shuts down, destroys and waits until the jail is gone, or until the
   * deadline of {@code security.jail.remove_timeout}: then it fails with EBUSY (ETIMEDOUT's text
   * tells the step and the holder) and the jail stays visible as dying.
   */
  record Remove(int jid) implements JailRequest<Integer> {}

  /**
   * The parameters that this kernel knows: name to type ("int", "string", "bool", "jailsys",
   * "iplist").
   */
  record Params() implements JailRequest<List<ParamInfo>> {}

  /** A known parameter; {@code settable} false for read-only ones such as children.cur. */
  record ParamInfo(String name, String type, boolean settable, String description) {}

  /** The ledger of a jail's vnet: what it owns now. Dead jails answer for a while, too. */
  record Ledger(String jail) implements JailRequest<LedgerInfo> {}

  /** The dead jails that are remembered, oldest first; the host's only. */
  record Dead() implements JailRequest<List<LedgerInfo>> {}

  /**
   * What a jail's vnet owns, or left behind.
   *
   * @param state "alive", "dying" or "dead"
   * @param waits the step that its removal is at, and why; null when there is none
   * @param entries by kind, a line for each
   * @param timeline who held it when, and the steps of its removal
   */
  record LedgerInfo(
      int jid,
      String name,
      String state,
      @Nullable String waits,
      Map<String, List<String>> entries,
      List<Moment> timeline) {
    /** Whether it is gone. */
    public boolean dead() {
      return state.equals("dead");
    }
  }

  /** A line of a time line; nanoseconds since the kernel's boot. */
  record Moment(long nanos, String what) {}

  /**
   * One jail. {@code params} holds jid, name, path, host.hostname, vnet, ip4.addr, …, in FreeBSD's
   * order.
   */
  record JailInfo(
      int jid, String name, String state, Map<String, String> params, @Nullable String dyingStep) {}
}
