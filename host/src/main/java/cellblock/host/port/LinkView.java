package cellblock.host.port;

import cellblock.control.IfRequest;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.epair.EpairLink;
import cellblock.net.epair.LinkModel;
import cellblock.net.epair.LinkStats;
import cellblock.net.ifnet.Ifnet;
import java.util.LinkedHashMap;
import java.util.Map;

/** An end's cable as link(8) is told of it. In a turn of its lane. */
final class LinkView {
  private LinkView() {}

  static IfRequest.LinkInfo of(Ifnet ifp) throws ErrnoException {
    LinkModel m = EpairLink.model(ifp);
    LinkStats s = EpairLink.stats(ifp);
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("frames", s.frames());
    counters.put("lost", s.lost());
    counters.put("full", s.full());
    counters.put("duplicated", s.duplicated());
    counters.put("reordered", s.reordered());
    counters.put("corrupted", s.corrupted());
    counters.put("held", (long) s.held());
    return new IfRequest.LinkInfo(
        new IfRequest.LinkModel(
            m.delayNanos(),
            m.jitterNanos(),
            m.lossPpm(),
            m.duplicatePpm(),
            m.reorderPpm(),
            m.corruptPpm(),
            m.rateBits(),
            m.queue()),
        counters);
  }

  static void set(Ifnet ifp, IfRequest.LinkModel m) throws ErrnoException {
    EpairLink.model(
        ifp,
        new LinkModel(
            m.delayNanos(),
            m.jitterNanos(),
            m.lossPpm(),
            m.duplicatePpm(),
            m.reorderPpm(),
            m.corruptPpm(),
            m.rateBits(),
            m.queue()));
  }
}
