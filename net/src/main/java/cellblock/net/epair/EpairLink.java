package cellblock.net.epair;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.Ifnet;

/**
 * The door to the cable of an epair end: what it does to the frames that this end sends. A model
 * stays with its end when that moves to another vnet. Threading: turns of the lane of the
 * interface's vnet. Errors: EOPNOTSUPP for an interface of another type, EINVAL for an impossible
 * model.
 */
public final class EpairLink {
  private static final LinkStats UNTOUCHED = new LinkStats(0, 0, 0, 0, 0, 0, 0);

  private EpairLink() {}

  /** The model in force; {@link LinkModel#NONE} when there is none. */
  public static LinkModel model(Ifnet ifp) throws ErrnoException {
    LinkQueue link = end(ifp).link();
    return link == null ? LinkModel.NONE : link.model();
  }

  /** What it has done so far. */
  public static LinkStats stats(Ifnet ifp) throws ErrnoException {
    LinkQueue link = end(ifp).link();
    return link == null ? UNTOUCHED : link.stats();
  }

  /** Changes it from the next frame on; {@link LinkModel#NONE} takes it away without a trace. */
  public static void model(Ifnet ifp, LinkModel model) throws ErrnoException {
    EpairEnd end = end(ifp);
    if (!model.possible()) {
      throw new ErrnoException(Errno.EINVAL);
    }
    end.link(ifp, model);
  }

  private static EpairEnd end(Ifnet ifp) throws ErrnoException {
    if (ifp.driver() instanceof EpairEnd end) {
      return end;
    }
    throw new ErrnoException(Errno.EOPNOTSUPP);
  }
}
