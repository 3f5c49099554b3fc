package cellblock.control;

import java.util.List;

/**
 * Security associations of the process's vnet: setkey(8), as far as TCP's MD5 option goes (RFC
 * 2385; ancestor: PF_KEY sockets, netipsec/keysock.c).
 */
public sealed interface KeyRequest<R> extends Request<R> {
  /** Segments from one address to another are signed with {@code key}; EEXIST when there is one. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, nobody else holds it
  record Add(String from, String to, int spi, byte[] key) implements KeyRequest<Done> {}

  /** Forgets one; ESRCH when there is none. */
  record Delete(String from, String to, int spi) implements KeyRequest<Done> {}

  /** Forgets all. */
  record Flush() implements KeyRequest<Done> {}

  /** All of them, in the order in which they came. */
  record Dump() implements KeyRequest<List<Add>> {}
}
