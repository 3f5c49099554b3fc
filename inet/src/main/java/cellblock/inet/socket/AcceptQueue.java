package cellblock.inet.socket;

import cellblock.kern.errno.Errno;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a listening socket that are complete and wait for accept (ancestor: sol_comp
 * of struct socket, solisten_enqueue and solisten_dequeue of kern/uipc_socket.c). Threading: turns
 * of the vnet's lane; {@link #size} is for anyone.
 */
final class AcceptQueue {
  private final ArrayDeque<Socket> complete = new ArrayDeque<>();
  private volatile int size;

  int size() {
    return size;
  }

  void add(Socket child) {
    complete.add(child);
    size = complete.size();
  }

  @Nullable Socket poll() {
    Socket next = complete.poll();
    size = complete.size();
    return next;
  }

  /** Nobody will accept them any more. */
  void abort() {
    for (Socket child = poll(); child != null; child = poll()) {
      child.abort(Errno.ECONNABORTED);
    }
  }
}
