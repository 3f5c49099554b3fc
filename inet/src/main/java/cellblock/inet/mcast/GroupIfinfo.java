package cellblock.inet.mcast;

import cellblock.net.ifnet.Ifnet;
import org.jspecify.annotations.Nullable;

/**
 * What a family keeps of one interface, as far as its groups go. Addresses are left-aligned keys.
 * Threading: turns of the vnet's lane.
 */
public interface GroupIfinfo {
  Ifnet ifnet();

  boolean isLoopback();

  /** The groups that somebody here is a member of; must not be changed. */
  InMulti[] groups();

  /** One of them, or null. */
  @Nullable InMulti group(long hi, long lo);

  /** Somebody became a member of a group that nobody was a member of. */
  void add(InMulti group);

  /** The last member left. */
  void remove(InMulti group);
}
