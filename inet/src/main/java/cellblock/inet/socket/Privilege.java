package cellblock.inet.socket;

/** Privileges that the internet protocols ask for (ancestor: sys/priv.h). */
public enum Privilege {
  /** A raw socket: PRIV_NETINET_RAW; allow.raw_sockets in a jail without a vnet. */
  RAW,
  /** A port of the reserved range: PRIV_NETINET_RESERVEDPORT. */
  RESERVED_PORT,
  /** A local address that the host does not have: PRIV_NETINET_BINDANY. */
  BIND_ANY,
  /** More buffer than the limit: SO_SETFIB of another FIB and such. */
  SETFIB
}
