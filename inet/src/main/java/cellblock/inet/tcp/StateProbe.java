package cellblock.inet.tcp;

/**
 * Is told of every change of state of every connection of a vnet (ancestor: the DTrace probe
 * tcp:::state-change, netinet/in_kdtrace.c). Called in turns of the vnet's lane: it must not call
 * back.
 */
@FunctionalInterface
public interface StateProbe {
  /** A connection, as netstat names its ends, went from one state to another. */
  void changed(String connection, TcpState from, TcpState to);
}
