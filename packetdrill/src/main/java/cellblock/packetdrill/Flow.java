package cellblock.packetdrill;

import cellblock.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection that packets of the script belong to, and how the script's numbers map to those on
 * the wire: behind the SYN, sequence numbers count from the initial one. Threading: one thread.
 */
final class Flow {
  /** How far it has come. */
  enum State {
    /** A socket that nobody has connected. */
    NEW,
    LISTENING,
    /** A SYN was injected: a connection to a listening socket begins. */
    PASSIVE_SYN,
    PASSIVE_SYN_ACK,
    PASSIVE_DONE,
    /** connect(2) was called. */
    CONNECTING,
    SYN_SENT,
    ACTIVE_DONE
  }

  State state = State.NEW;

  /** TCP or UDP, by number. */
  final int protocol;

  IpAddress local;
  int localPort;
  IpAddress remote;
  int remotePort;

  /** Initial numbers: of the script, and of the wire. */
  int scriptLocalIsn;

  int localIsn;
  int remoteIsn;

  private final Map<Integer, Integer> timestamps = new HashMap<>();
  private boolean sawTimestamp;
  private int firstScript;
  private int firstLive;

  Flow(int protocol, IpAddress local, int localPort, IpAddress remote, int remotePort) {
    this.protocol = protocol;
    this.local = local;
    this.localPort = localPort;
    this.remote = remote;
    this.remotePort = remotePort;
  }

  boolean matches(LivePacket p) {
    return p.protocol() == protocol
        && p.sourcePort() == localPort
        && p.destinationPort() == remotePort
        && p.source().equals(local)
        && p.destination().equals(remote);
  }

  /** What is added to the script's numbers of the stack's side. */
  int localOffset(boolean syn) {
    return syn ? localIsn - scriptLocalIsn : localIsn;
  }

  /** What is added to the script's numbers of the runner's side. */
  int remoteOffset(boolean syn) {
    return syn ? 0 : remoteIsn;
  }

  /** The stack sent {@code live} where the script says {@code script}. */
  void timestamp(int script, int live, boolean remember) {
    if (remember) {
      timestamps.put(script, live);
    }
    if (!sawTimestamp) {
      sawTimestamp = true;
      firstScript = script;
      firstLive = live;
    }
  }

  /** A value of the wire by the script's count. */
  int scriptTimestamp(int live) {
    return sawTimestamp ? firstScript + (live - firstLive) : live;
  }

  /** The value on the wire that the script's echo means, or null when it was never sent. */
  @Nullable Integer echo(int script) {
    return timestamps.get(script);
  }
}
