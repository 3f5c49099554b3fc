package cellblock.kern.ledger;

/** What can stand in a vnet's ledger. */
public enum LedgerKind {
  INTERFACE,
  ADDRESS,
  MULTICAST,
  NEIGHBOR,
  RIB,
  ROUTE,
  NEXTHOP,
  SUBSCRIPTION,
  CLONER,
  PROTOCOL,
  PCB,
  SOCKET,
  CALLOUT,
  MBUF,
  HOOK,
  SYSCTL,
  TUNNEL,
  MODULE
}
