package cellblock.net.route;

import cellblock.net.ifnet.IfAddress;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.LinkState;
import cellblock.wire.IpAddress;
import cellblock.wire.IpPrefix;
import org.jspecify.annotations.Nullable;

/** What a routing socket hears: one message of net/route.h's RTM_* kinds, as a fact. */
public sealed interface RouteMessage {
  /** RTM_* numbers of what concerns routes and addresses. */
  enum Type {
    ADD(0x1),
    DELETE(0x2),
    CHANGE(0x3),
    GET(0x4),
    REDIRECT(0x6),
    MISS(0x7),
    NEWADDR(0xc),
    DELADDR(0xd),
    IFINFO(0xe),
    IFANNOUNCE(0x11);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    /** RTM_*. */
    public int number() {
      return number;
    }

    /** The name in sources: RTM_ADD. */
    public String text() {
      return "RTM_" + name();
    }
  }

  Type type();

  /** Who asked: rtm_pid and rtm_seq. */
  record Sender(int pid, int seq) {
    /** The kernel itself. */
    public static final Sender KERNEL = new Sender(0, 0);
  }

  /**
   * A route was added, deleted, changed or asked for; one message for each way of a multipath
   * route.
   *
   * @param nexthop null where the request failed
   * @param flags RTF_*
   * @param weight share of the flows
   * @param errno 0, or why the request failed (rtm_errno)
   */
  record Route(
      Type type,
      int fib,
      IpPrefix destination,
      @Nullable Nexthop nexthop,
      int flags,
      int weight,
      int errno,
      Sender sender)
      implements RouteMessage {}

  /** A router told of a better one (REDIRECT), or nobody knows the way (MISS). */
  record Notice(
      Type type,
      int fib,
      IpAddress destination,
      @Nullable IpAddress gateway,
      @Nullable IpAddress author,
      int flags,
      int errno)
      implements RouteMessage {}

  /** An address came or went. */
  record Address(Type type, IfAddress address) implements RouteMessage {}

  /** Flags or link state of an interface changed. */
  record Interface(Ifnet ifnet, int flags, LinkState link) implements RouteMessage {
    @Override
    public Type type() {
      return Type.IFINFO;
    }
  }

  /** An interface came or went. */
  record Announce(String name, int index, boolean arrival) implements RouteMessage {
    @Override
    public Type type() {
      return Type.IFANNOUNCE;
    }
  }
}
