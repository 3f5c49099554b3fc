package cellblock.inet.mcast;

import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.IgmpMessage;
import cellblock.wire.IpAddress;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The reports of one interface: which version its routers speak, and what is to be told when
 * (ancestor: struct igmp_ifsoftc and mld_ifsoftc, and the timers of netinet/igmp.c and
 * netinet6/mld6.c). Differs: one callout for the earliest deadline in place of five ticks a second.
 * Threading: turns of the vnet's lane.
 *
 * @param <I> what the protocol's family keeps of an interface
 */
public final class Reporter<I extends GroupIfinfo> {
  private static final long SECOND = 1_000_000_000L;

  /** Seconds between repeated state change reports (IGMP_URI_INIT, MLD_URI_INIT). */
  private static final int UNSOLICITED_INTERVAL = 3;

  /** Seconds until a report of an old version is repeated at most (IGMP_V1V2_MAX_RI). */
  private static final int LEGACY_INTERVAL = 10;

  private final Vnet vnet;
  private final I in;
  private final ReportProtocol<I> protocol;
  private final RandomGenerator random;
  private final Callout timer;
  private final TreeMap<IpAddress, GroupReport> groups = new TreeMap<>();
  private int version;
  private long version1Until;
  private long version2Until;
  private long generalAt = GroupReport.NEVER;
  private int robustness = 2;
  private int queryInterval = 125;
  private int queryResponse = 10;

  public Reporter(Vnet vnet, I in, ReportProtocol<I> protocol, RandomGenerator random) {
    this.vnet = vnet;
    this.in = in;
    this.protocol = protocol;
    this.random = random;
    this.version = protocol.defaultVersion();
    this.timer = vnet.callout(this, this::expire);
  }

  /** The version spoken now. */
  public int version() {
    return version;
  }

  private boolean newest() {
    return version == protocol.newest();
  }

  private long now() {
    return vnet.lane().now();
  }

  /** From 1 ns to {@code nanos}. */
  private long random(long nanos) {
    return 1 + random.nextLong(Math.max(1, nanos));
  }

  /** igmp_change_state, mld_change_state. */
  public void changed(InMulti multi, Wanted before) {
    GroupReport g = groups.computeIfAbsent(multi.address(), GroupReport::new);
    if (!newest()) {
      legacyChanged(g, multi.wanted());
      arm();
      return;
    }
    g.changed(before, multi.wanted(), robustness);
    g.changeAt = Math.min(g.changeAt, now() + protocol.firstDelay());
    tell();
  }

  /** Tells every membership again: the interface came up. */
  public void again() {
    for (GroupReport g : groups.values()) {
      if (!g.isMember()) {
        continue;
      }
      if (newest()) {
        g.changed(Wanted.NOTHING, g.wanted, robustness);
        g.changeAt = now() + protocol.firstDelay();
      } else {
        legacyReport(g);
      }
    }
    tell();
  }

  private void tell() {
    if (protocol.firstDelay() == 0) {
      expire();
    } else {
      arm();
    }
  }

  private void legacyChanged(GroupReport g, Wanted now) {
    boolean was = g.isMember();
    g.wanted = now;
    if (!was && g.isMember()) {
      legacyReport(g);
      g.reportAt = now() + random(LEGACY_INTERVAL * SECOND);
    } else if (was && !g.isMember()) {
      groups.remove(g.group);
      if (g.lastReporter && protocol.ready(in)) {
        protocol.leave(in, version, g.group);
      }
    }
  }

  private void legacyReport(GroupReport g) {
    if (protocol.ready(in)) {
      protocol.report(in, version, g.group);
      g.lastReporter = true;
    }
  }

  // ---- queries ----

  /**
   * A query of an old version.
   *
   * @param group the group asked for; null = all
   * @param most nanoseconds that an answer may wait
   */
  public void legacyQuery(int queryVersion, @Nullable IpAddress group, long most) {
    long presence = now() + (long) (robustness * queryInterval + queryResponse) * SECOND;
    if (queryVersion == 1) {
      version1Until = presence;
    } else {
      version2Until = presence;
    }
    settle();
    for (GroupReport g : groups.values()) {
      if (g.isMember() && (group == null || g.group.equals(group))) {
        answerWithin(g, most);
      }
    }
    arm();
  }

  private void answerWithin(GroupReport g, long most) {
    if (g.reportAt == GroupReport.NEVER || g.reportAt > now() + most) {
      g.reportAt = now() + random(most);
    }
  }

  /**
   * A general query of the newest version; nothing while an older one is spoken.
   *
   * @param most nanoseconds that an answer may wait
   */
  public void generalQuery(long most, int querierRobustness, int intervalSeconds) {
    if (!newest()) {
      return;
    }
    robustness = querierRobustness < 2 ? 2 : querierRobustness;
    queryInterval = intervalSeconds == 0 ? 125 : intervalSeconds;
    queryResponse = (int) Math.max(1, most / SECOND);
    if (generalAt == GroupReport.NEVER || generalAt > now() + most) {
      generalAt = now() + random(most);
    }
    arm();
  }

  /**
   * A query of the newest version for a group, or for some of its sources; nothing while an older
   * one is spoken. False when it came too early.
   */
  public boolean groupQuery(IpAddress group, long most, List<? extends IpAddress> sources) {
    GroupReport g = groups.get(group);
    if (g == null || !newest()) {
      return true;
    }
    long now = now();
    if (!sources.isEmpty()) {
      long gap = protocol.sourceQueryDelay() * SECOND;
      if (g.sourceQueryAt != Long.MIN_VALUE && now - g.sourceQueryAt < gap) {
        return false;
      }
      g.sourceQueryAt = now;
    }
    if (!g.isMember() || generalAt <= now + most) {
      return true;
    }
    boolean pending = g.reportAt != GroupReport.NEVER;
    if (sources.isEmpty() || (pending && !g.asksForSources())) {
      g.askAll();
    } else {
      g.ask(sources);
    }
    answerWithin(g, most);
    arm();
    return true;
  }

  /** Somebody else on the link reported the group: in old versions we need not. */
  public void reported(IpAddress group) {
    GroupReport g = groups.get(group);
    if (g != null && !newest()) {
      g.reportAt = GroupReport.NEVER;
      g.lastReporter = false;
      arm();
    }
  }

  // ---- versions ----

  private void settle() {
    long now = now();
    int speaks = protocol.defaultVersion();
    if (version1Until > now) {
      speaks = 1;
    } else if (version2Until > now) {
      speaks = Math.min(speaks, 2);
    }
    if (speaks == version) {
      return;
    }
    version = speaks;
    generalAt = GroupReport.NEVER;
    groups.values().removeIf(g -> !g.isMember());
    for (GroupReport g : groups.values()) {
      g.forgetChanges();
      g.reportAt = GroupReport.NEVER;
      g.askAll();
    }
  }

  // ---- timers ----

  private void arm() {
    long next = generalAt;
    for (GroupReport g : groups.values()) {
      next = Math.min(next, g.nextDeadline());
    }
    if (next == GroupReport.NEVER) {
      timer.stop();
    } else {
      timer.reset(Math.max(0, next - now()));
    }
  }

  private void expire() {
    long now = now();
    settle();
    if (!protocol.ready(in)) {
      forget();
    } else if (newest()) {
      expireNewest(now);
    } else {
      for (GroupReport g : groups.values()) {
        if (g.reportAt <= now) {
          g.reportAt = GroupReport.NEVER;
          legacyReport(g);
        }
      }
    }
    arm();
  }

  /** Nothing can leave: what was to be told is not. */
  private void forget() {
    generalAt = GroupReport.NEVER;
    for (GroupReport g : groups.values()) {
      g.forgetChanges();
      g.reportAt = GroupReport.NEVER;
      g.askAll();
    }
    groups.values().removeIf(g -> !g.isMember());
  }

  private void expireNewest(long now) {
    if (generalAt <= now) {
      generalAt = GroupReport.NEVER;
      for (GroupReport g : groups.values()) {
        g.reportAt = GroupReport.NEVER;
        g.askAll();
        currentState(g);
      }
      protocol.flush(in);
    }
    for (GroupReport g : groups.values()) {
      if (g.reportAt <= now) {
        g.reportAt = GroupReport.NEVER;
        answer(g);
      }
    }
    protocol.flush(in);
    for (GroupReport g : groups.values()) {
      if (g.changeAt <= now) {
        stateChange(g, now);
      }
    }
    protocol.flush(in);
    groups.values().removeIf(g -> !g.isMember() && !g.changePending());
  }

  private void currentState(GroupReport g) {
    if (g.isMember()) {
      int type = g.wanted.include() ? IgmpMessage.MODE_IS_INCLUDE : IgmpMessage.MODE_IS_EXCLUDE;
      protocol.record(in, type, g.group, g.wanted.sources());
    }
  }

  /** The answer to a group query, or to one for some sources (RFC 3376 section 5.2). */
  private void answer(GroupReport g) {
    if (!g.asksForSources()) {
      currentState(g);
      return;
    }
    SourceList heard = g.heard();
    g.askAll();
    if (!heard.isEmpty()) {
      protocol.record(in, IgmpMessage.MODE_IS_INCLUDE, g.group, heard);
    }
  }

  private void stateChange(GroupReport g, long now) {
    if (g.modeLeft > 0) {
      int type = g.wanted.include() ? IgmpMessage.CHANGE_TO_INCLUDE : IgmpMessage.CHANGE_TO_EXCLUDE;
      protocol.record(in, type, g.group, g.wanted.sources());
    } else {
      SourceList allowed = g.changedSources(true);
      SourceList blocked = g.changedSources(false);
      if (!allowed.isEmpty()) {
        protocol.record(in, IgmpMessage.ALLOW_NEW_SOURCES, g.group, allowed);
      }
      if (!blocked.isEmpty()) {
        protocol.record(in, IgmpMessage.BLOCK_OLD_SOURCES, g.group, blocked);
      }
    }
    g.told();
    g.changeAt =
        g.changePending() ? now + random(UNSOLICITED_INTERVAL * SECOND) : GroupReport.NEVER;
  }

  /** The interface leaves, or the vnet dies. */
  public void stop() {
    timer.stop();
    groups.clear();
    generalAt = GroupReport.NEVER;
  }

  @Override
  public String toString() {
    return "multicast reports of " + in.ifnet().name();
  }
}
