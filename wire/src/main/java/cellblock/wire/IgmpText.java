package cellblock.wire;

import java.util.List;

/** IGMP messages in tcpdump's words. */
final class IgmpText {
  private IgmpText() {}

  static String of(IgmpMessage message) {
    return "igmp "
        + switch (message) {
          case IgmpMessage.Brief brief -> brief(brief);
          case IgmpMessage.Query3 query -> query(query);
          case IgmpMessage.Report3 report -> report(report);
        };
  }

  private static String brief(IgmpMessage.Brief m) {
    return switch (m.type()) {
      case IgmpMessage.QUERY ->
          (m.maxResponse() == 0 ? "query v1" : "query v2" + maximum(m.maxResponse(), 100))
              + gaddr(m.group());
      case IgmpMessage.REPORT1 -> "v1 report " + m.group();
      case IgmpMessage.REPORT2 -> "v2 report " + m.group();
      case IgmpMessage.LEAVE -> "leave " + m.group();
      case IgmpMessage.DVMRP -> "dvmrp";
      case IgmpMessage.PIM1 -> "pimv1";
      case IgmpMessage.MTRACE_REPLY -> "mresp";
      case IgmpMessage.MTRACE_QUERY -> "mtrace";
      default -> "[type 0x%x]".formatted(m.type());
    };
  }

  private static String query(IgmpMessage.Query3 q) {
    int tenths = IgmpMessage.decode(q.maxResponseCode());
    StringBuilder text = new StringBuilder("query v3").append(maximum(tenths, 100));
    text.append(q.suppress() ? " sflag" : "");
    text.append(q.robustness() == 0 ? "" : " robustness " + q.robustness());
    if (q.intervalCode() != 0) {
      text.append(" qqi ").append(IgmpMessage.decode(q.intervalCode()));
    }
    text.append(gaddr(q.group()));
    return q.sources().isEmpty() ? text.toString() : text + " " + sources(q.sources());
  }

  private static String report(IgmpMessage.Report3 report) {
    StringBuilder text = new StringBuilder("v3 report, ");
    text.append(report.records().size()).append(" group record(s)");
    for (IgmpMessage.GroupRecord group : report.records()) {
      text.append(" [gaddr ").append(group.group()).append(' ').append(kind(group.type()));
      text.append(" ").append(sources(group.sources())).append("]");
    }
    return text.toString();
  }

  private static String maximum(int tenths, int usual) {
    if (tenths == usual) {
      return "";
    }
    return " [max resp time " + tenths / 10 + (tenths % 10 == 0 ? "s]" : "." + tenths % 10 + "s]");
  }

  private static String gaddr(Ip4Address group) {
    return group.isUnspecified() ? "" : " [gaddr " + group + "]";
  }

  private static String sources(List<Ip4Address> sources) {
    StringBuilder text = new StringBuilder("{");
    for (Ip4Address source : sources) {
      text.append(' ').append(source);
    }
    return text.append(" }").toString();
  }

  private static String kind(int type) {
    return switch (type) {
      case IgmpMessage.MODE_IS_INCLUDE -> "is_in";
      case IgmpMessage.MODE_IS_EXCLUDE -> "is_ex";
      case IgmpMessage.CHANGE_TO_INCLUDE -> "to_in";
      case IgmpMessage.CHANGE_TO_EXCLUDE -> "to_ex";
      case IgmpMessage.ALLOW_NEW_SOURCES -> "allow";
      case IgmpMessage.BLOCK_OLD_SOURCES -> "block";
      default -> "[v3-report-#" + type + "]";
    };
  }
}
