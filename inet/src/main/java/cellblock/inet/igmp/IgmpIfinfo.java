package cellblock.inet.igmp;

import cellblock.inet.ip.InIfinfo;
import cellblock.inet.ip.InMulti;
import cellblock.kern.time.Callout;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.IgmpMessage;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IGMP on one interface: which version its routers speak, and what is to be reported when
 * (ancestor: struct igmp_ifsoftc and the timers of netinet/igmp.c). Differs: one callout for the
 * earliest deadline in place of five ticks a second. Threading: turns of the vnet's lane.
 */
final class IgmpIfinfo {
  private static final long SECOND = 1_000_000_000L;
  private static final long TENTH = SECOND / 10;

  /**
   * The first state change report waits this long, so that several changes share it (PR_FASTHZ).
   */
  private static final long FAST = SECOND / 5;

  /** Seconds between repeated state change reports (IGMP_URI_INIT). */
  private static final int UNSOLICITED_INTERVAL = 3;

  /** Seconds until a version 1 or 2 report is repeated at most (IGMP_V1V2_MAX_RI). */
  private static final int LEGACY_INTERVAL = 10;

  private final Vnet vnet;
  private final InIfinfo in;
  private final IgmpReport report;
  private final IgmpSettings settings;
  private final RandomGenerator random;
  private final Callout timer;
  private final TreeMap<Integer, IgmpGroup> groups = new TreeMap<>(Integer::compareUnsigned);
  private int version;
  private long version1Until;
  private long version2Until;
  private long generalAt = IgmpGroup.NEVER;
  private int robustness = 2;
  private int queryInterval = 125;
  private int queryResponse = 10;

  IgmpIfinfo(
      Vnet vnet, InIfinfo in, IgmpReport report, IgmpSettings settings, RandomGenerator random) {
    this.vnet = vnet;
    this.in = in;
    this.report = report;
    this.settings = settings;
    this.random = random;
    this.version = settings.defaultVersion;
    this.timer = vnet.callout(this, this::expire);
  }

  /** The version spoken now: 1, 2 or 3. */
  int version() {
    return version;
  }

  private long now() {
    return vnet.lane().now();
  }

  /** From 1 ns to {@code nanos}. */
  private long random(long nanos) {
    return 1 + random.nextLong(Math.max(1, nanos));
  }

  @Nullable IgmpGroup group(int group) {
    return groups.get(group);
  }

  /** igmp_change_state. */
  void changed(InMulti multi, InMulti.Wanted before) {
    IgmpGroup g = groups.computeIfAbsent(multi.group(), IgmpGroup::new);
    if (version == 3) {
      g.changed(before, multi.wanted(), robustness);
      g.changeAt = Math.min(g.changeAt, now() + FAST);
    } else {
      legacyChanged(g, multi.wanted());
    }
    arm();
  }

  private void legacyChanged(IgmpGroup g, InMulti.Wanted now) {
    boolean was = g.isMember();
    g.wanted = now;
    if (!was && g.isMember()) {
      legacyReport(g);
      g.reportAt = now() + random(LEGACY_INTERVAL * SECOND);
    } else if (was && !g.isMember()) {
      groups.remove(g.group);
      if (version == 2 && g.lastReporter) {
        report.brief(in, IgmpMessage.LEAVE, g.group);
      }
    }
  }

  private void legacyReport(IgmpGroup g) {
    report.brief(in, version == 1 ? IgmpMessage.REPORT1 : IgmpMessage.REPORT2, g.group);
    g.lastReporter = true;
  }

  // ---- queries ----

  /** A query of version 1 or 2: group 0 asks for all; {@code tenths} is ignored in version 1. */
  void legacyQuery(int queryVersion, int group, int tenths) {
    long presence = now() + (long) (robustness * queryInterval + queryResponse) * SECOND;
    if (queryVersion == 1) {
      version1Until = presence;
    } else {
      version2Until = presence;
    }
    settle();
    long most = (queryVersion == 1 ? 10 * LEGACY_INTERVAL : tenths) * TENTH;
    for (IgmpGroup g : groups.values()) {
      if (g.isMember() && (group == 0 || g.group == group)) {
        answerWithin(g, most);
      }
    }
    arm();
  }

  private void answerWithin(IgmpGroup g, long most) {
    if (g.reportAt == IgmpGroup.NEVER || g.reportAt > now() + most) {
      g.reportAt = now() + random(most);
    }
  }

  /** A version 3 general query. */
  void generalQuery(int tenths, int querierRobustness, int intervalSeconds) {
    robustness = querierRobustness < 2 ? 2 : querierRobustness;
    queryInterval = intervalSeconds == 0 ? 125 : intervalSeconds;
    queryResponse = Math.max(1, tenths / 10);
    long most = Math.max(1, tenths) * TENTH;
    if (generalAt == IgmpGroup.NEVER || generalAt > now() + most) {
      generalAt = now() + random(most);
    }
    arm();
  }

  /** A version 3 query for a group, or for some of its sources. False when it came too early. */
  boolean groupQuery(IgmpGroup g, int tenths, int[] sources) {
    long now = now();
    if (sources.length > 0) {
      if (g.sourceQueryAt != Long.MIN_VALUE && now - g.sourceQueryAt < settings.gsrdelay * SECOND) {
        return false;
      }
      g.sourceQueryAt = now;
    }
    long most = Math.max(1, tenths) * TENTH;
    if (!g.isMember() || generalAt <= now + most) {
      return true;
    }
    boolean pending = g.reportAt != IgmpGroup.NEVER;
    if (sources.length == 0 || (pending && g.asked.isEmpty())) {
      g.asked.clear();
    } else {
      for (int s : sources) {
        g.asked.add(s);
      }
    }
    answerWithin(g, most);
    arm();
    return true;
  }

  /** Somebody else on the link reported the group: in versions 1 and 2 we need not. */
  void reported(int group) {
    IgmpGroup g = groups.get(group);
    if (g != null && version < 3) {
      g.reportAt = IgmpGroup.NEVER;
      g.lastReporter = false;
      arm();
    }
  }

  // ---- versions ----

  private void settle() {
    long now = now();
    int speaks = settings.defaultVersion;
    if (version1Until > now) {
      speaks = 1;
    } else if (version2Until > now) {
      speaks = Math.min(speaks, 2);
    }
    if (speaks == version) {
      return;
    }
    version = speaks;
    generalAt = IgmpGroup.NEVER;
    groups.values().removeIf(g -> !g.isMember());
    for (IgmpGroup g : groups.values()) {
      g.forgetChanges();
      g.reportAt = IgmpGroup.NEVER;
      g.asked.clear();
    }
  }

  // ---- timers ----

  private void arm() {
    long next = generalAt;
    for (IgmpGroup g : groups.values()) {
      next = Math.min(next, g.nextDeadline());
    }
    if (next == IgmpGroup.NEVER) {
      timer.stop();
    } else {
      timer.reset(Math.max(0, next - now()));
    }
  }

  private void expire() {
    long now = now();
    settle();
    if (version == 3) {
      expireVersion3(now);
    } else {
      for (IgmpGroup g : groups.values()) {
        if (g.reportAt <= now) {
          g.reportAt = IgmpGroup.NEVER;
          legacyReport(g);
        }
      }
    }
    arm();
  }

  private void expireVersion3(long now) {
    if (generalAt <= now) {
      generalAt = IgmpGroup.NEVER;
      for (IgmpGroup g : groups.values()) {
        g.reportAt = IgmpGroup.NEVER;
        g.asked.clear();
        currentState(g);
      }
      report.flush(in);
    }
    for (IgmpGroup g : groups.values()) {
      if (g.reportAt <= now) {
        g.reportAt = IgmpGroup.NEVER;
        answer(g);
      }
    }
    report.flush(in);
    for (IgmpGroup g : groups.values()) {
      if (g.changeAt <= now) {
        stateChange(g, now);
      }
    }
    report.flush(in);
    groups.values().removeIf(g -> !g.isMember() && !g.changePending());
  }

  private void currentState(IgmpGroup g) {
    if (g.isMember()) {
      int type = g.wanted.include() ? IgmpMessage.MODE_IS_INCLUDE : IgmpMessage.MODE_IS_EXCLUDE;
      report.record(in, type, g.group, g.wanted.sources());
    }
  }

  /** The answer to a group query, or to one for some sources (RFC 3376 section 5.2). */
  private void answer(IgmpGroup g) {
    if (g.asked.isEmpty()) {
      currentState(g);
      return;
    }
    int[] heard =
        g.asked.stream()
            .filter(s -> g.wanted.lists(s) == g.wanted.include())
            .mapToInt(Integer::intValue)
            .toArray();
    g.asked.clear();
    if (heard.length > 0) {
      report.record(in, IgmpMessage.MODE_IS_INCLUDE, g.group, heard);
    }
  }

  private void stateChange(IgmpGroup g, long now) {
    if (g.modeLeft > 0) {
      int type = g.wanted.include() ? IgmpMessage.CHANGE_TO_INCLUDE : IgmpMessage.CHANGE_TO_EXCLUDE;
      report.record(in, type, g.group, g.wanted.sources());
    } else {
      int[] allowed = g.changedSources(true);
      int[] blocked = g.changedSources(false);
      if (allowed.length > 0) {
        report.record(in, IgmpMessage.ALLOW_NEW_SOURCES, g.group, allowed);
      }
      if (blocked.length > 0) {
        report.record(in, IgmpMessage.BLOCK_OLD_SOURCES, g.group, blocked);
      }
    }
    g.told();
    g.changeAt = g.changePending() ? now + random(UNSOLICITED_INTERVAL * SECOND) : IgmpGroup.NEVER;
  }

  /** The interface leaves, or the vnet dies. */
  void stop() {
    timer.stop();
    groups.clear();
    generalAt = IgmpGroup.NEVER;
  }

  @Override
  public String toString() {
    return "igmp " + in.ifnet().name();
  }
}
