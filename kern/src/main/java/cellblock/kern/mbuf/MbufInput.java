package cellblock.kern.mbuf;

import cellblock.kern.drop.DropReason;

/**
 * Where an mbuf that crossed into another lane goes on: the receiving interface. The mbuf holds it
 * together with the generation at the time of the offer; both make a weak handle.
 */
public interface MbufInput {
  /** Changes whenever the interface is detached or moved. */
  int generation();

  /** Takes the mbuf over, in a turn of the interface's lane. */
  void input(Mbuf m);

  /** The handle is stale: drops the mbuf in the lane where it was found. */
  void drop(Mbuf m, DropReason reason);
}
