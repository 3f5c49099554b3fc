package cellblock.inet.raw;

import cellblock.inet.socket.Privilege;
import cellblock.inet.socket.Socket;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;

/** The knobs of raw sockets in one vnet, net.inet.raw.*, with FreeBSD's defaults. */
public final class RawSettings {
  public int maxdgram = 9216;
  public int recvspace = 9216;

  /**
   * Gives a new raw socket of either family its buffers: the first part of rip_attach and
   * rip6_attach.
   *
   * @throws ErrnoException EPERM without the privilege, EPROTONOSUPPORT
   */
  void admit(Socket socket) throws ErrnoException {
    if (!socket.credential().has(Privilege.RAW)) {
      throw new ErrnoException(Errno.EPERM);
    }
    if (socket.protocol() < 0 || socket.protocol() > 255) {
      throw new ErrnoException(Errno.EPROTONOSUPPORT);
    }
    socket.reserve(maxdgram, recvspace);
  }
}
