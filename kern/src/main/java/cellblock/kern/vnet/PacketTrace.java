package cellblock.kern.vnet;

import cellblock.kern.drop.DropReason;
import cellblock.kern.mbuf.Mbuf;

/** Follows packets through the rooms of one vnet. Called in its turns; must not keep the mbuf. */
public interface PacketTrace {
  /** The packet entered a room ("Ip4Input"). */
  void room(Mbuf m, String room);

  /** The packet ended here. */
  void dropped(Mbuf m, DropReason reason);
}
