package cellblock.net.bridge;

import cellblock.net.ifnet.Ifnet;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;

/** A bridge as ifconfig(8) prints it (ancestor: bridge_status of sbin/ifconfig/ifbridge.c). */
final class BridgeStatus {
  private static final String NO_ID = "id 00:00:00:00:00:00 priority ";

  /** IFBIFBITS, in the order in which they are printed. */
  private enum Flag {
    LEARNING(BridgePort.LEARNING),
    DISCOVER(BridgePort.DISCOVER),
    STP(BridgePort.STP),
    SPAN(BridgePort.SPAN),
    STICKY(BridgePort.STICKY),
    PRIVATE(BridgePort.PRIVATE),
    EDGE(BridgePort.EDGE),
    AUTOEDGE(BridgePort.AUTOEDGE),
    PTP(BridgePort.PTP),
    AUTOPTP(BridgePort.AUTOPTP);

    private final int bit;

    Flag(int bit) {
      this.bit = bit;
    }
  }

  private BridgeStatus() {}

  static List<String> lines(Bridge b) {
    SpanningTree t = b.tree;
    List<String> lines = new ArrayList<>();
    lines.add(NO_ID + t.priority + " hellotime " + t.helloTime + " fwddelay " + t.forwardDelay);
    lines.add(
        "maxage "
            + t.maxAge
            + " holdcnt "
            + t.holdCount
            + " proto "
            + (t.rapid ? "rstp" : "stp")
            + " maxaddr "
            + b.table.max
            + " timeout "
            + b.table.timeout);
    lines.add("root " + NO_ID + t.rootPriority + " ifcost 0 port 0");
    for (BridgePort p : b.members.ports) {
      port(lines, p);
    }
    for (BridgePort p : b.members.spans) {
      port(lines, p);
    }
    return lines;
  }

  private static void port(List<String> lines, BridgePort p) {
    Ifnet ifp = p.ifnet();
    if (ifp == null) {
      return; // it is leaving
    }
    boolean span = p.has(BridgePort.SPAN);
    lines.add("member: " + ifp.name() + " " + flags(p.flags));
    lines.add(
        "        ifmaxaddr "
            + p.maxAddresses
            + " port "
            + p.number()
            + " priority "
            + (span ? 0 : p.priority)
            + " path cost "
            + (span ? 0 : p.pathCost(ifp)));
  }

  private static String flags(int flags) {
    List<String> names = new ArrayList<>();
    for (Flag f : Flag.values()) {
      if ((flags & f.bit) != 0) {
        names.add(f.name());
      }
    }
    return "flags=" + Integer.toHexString(flags) + "<" + String.join(",", names) + ">";
  }

  /** {@code ifconfig bridge0 addr}: the newest first. */
  static List<String> addresses(Bridge b) {
    long now = b.net().vnet.lane().now();
    List<String> lines = new ArrayList<>();
    for (AddressTable.Entry e : b.table.newest()) {
      Ifnet ifp = e.port.ifnet();
      if (ifp != null) {
        String kind = e.flags == 0 ? "0<>" : e.flags == 1 ? "1<STATIC>" : "2<STICKY>";
        lines.add(
            MacAddress.toString(e.address())
                + " Vlan"
                + e.vlan()
                + " "
                + ifp.name()
                + " "
                + e.seconds(now)
                + " flags="
                + kind);
      }
    }
    return lines;
  }
}
