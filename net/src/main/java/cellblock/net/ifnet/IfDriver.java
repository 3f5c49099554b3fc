package cellblock.net.ifnet;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What moves an interface's frames (ancestor: if_transmit, if_init, if_ioctl, if_reassign of struct
 * ifnet). Every call is a turn of the lane of the interface's vnet; none may block.
 */
public interface IfDriver {
  /** Takes a complete frame; null = sent. */
  @Nullable Errno transmit(Ifnet ifp, Mbuf m);

  /** Starts: the interface has been marked up (if_init). */
  default void init(Ifnet ifp) {
    ifp.running(true);
  }

  /** Stops: the interface is no longer up. */
  default void stop(Ifnet ifp) {
    ifp.running(false);
  }

  /** Accepts a new MTU, already within 72 to 65535, or throws (SIOCSIFMTU). */
  default void setMtu(Ifnet ifp, int mtu) throws ErrnoException {}

  /** Accepts a new set of enabled capabilities (SIOCSIFCAP). */
  default void setCapabilities(Ifnet ifp, int enabled) throws ErrnoException {}

  /** Flags that the driver may care about changed (SIOCSIFFLAGS). */
  default void flagsChanged(Ifnet ifp) {}

  /** The link-level multicast filter changed (SIOCADDMULTI, SIOCDELMULTI). */
  default void multicastChanged(Ifnet ifp) {}

  /** The first address of a family has come (SIOCSIFADDR): most interfaces are up from here on. */
  default void firstAddress(Ifnet ifp) {
    ifp.up();
  }

  /** It is about to be moved: drop what is held in this vnet (if_reassign). */
  default void reassign(Ifnet ifp, Vnet to) {}

  /** It has become part of its vnet. */
  default void attached(Ifnet ifp) {}

  /** It has left its vnet. */
  default void detached(Ifnet ifp) {}

  /** The text after "media: ", or null. */
  default @Nullable String media(Ifnet ifp) {
    return null;
  }

  /** The text after "status: ", or null. */
  default @Nullable String status(Ifnet ifp) {
    return null;
  }

  /** Further lines that ifconfig prints for this kind of interface. */
  default List<String> lines(Ifnet ifp) {
    return List.of();
  }

  /**
   * Words that only this kind of interface knows (SIOCSDRVSPEC, SIOCSIFPHYADDR and their kin).
   *
   * @param key the kind they belong to: "tunnel", "gif", "gre", "vxlan"
   * @param words the word and its values, as ifconfig(8) was given them
   * @throws ErrnoException EINVAL for what it does not know, or as the words say
   */
  default void configure(Ifnet ifp, String key, List<String> words) throws ErrnoException {
    throw new ErrnoException(Errno.EINVAL);
  }

  /**
   * The vnet in whose lane {@link #configure} and {@link #query} run: that of the interface, unless
   * what they change stays behind when the interface is lent. Any thread.
   */
  default Vnet configuredIn(Ifnet ifp) {
    return ifp.vnet();
  }

  /**
   * What only this kind of interface can tell, a line each (SIOCGDRVSPEC and its kin).
   *
   * @param key what is asked for: "wg", "bridge.addresses"
   * @param privileged whether who asks may see secrets
   * @throws ErrnoException EINVAL for a key that it does not know
   */
  default List<String> query(Ifnet ifp, String key, boolean privileged) throws ErrnoException {
    throw new ErrnoException(Errno.EINVAL);
  }

  /** Pulls the plug, or puts it back. */
  default void plug(Ifnet ifp, boolean plugged) throws ErrnoException {
    throw new ErrnoException(Errno.EOPNOTSUPP);
  }
}
