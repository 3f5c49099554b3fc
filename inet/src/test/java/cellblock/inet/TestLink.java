package cellblock.inet;

import cellblock.kern.errno.Errno;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.vnet.Vnet;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.ArpPacket;
import cellblock.wire.EtherHeader;
import cellblock.wire.Ip4Address;
import cellblock.wire.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cable in the test's hand: frames that the stack sends are written down, others are pushed in.
 */
final class TestLink implements IfDriver {
  static final long PEER = MacAddress.parse("02:00:00:00:00:99").bits();

  /** A frame that left, and when. */
  record Sent(long nanos, byte[] frame) {
    int type() {
      return EtherHeader.type(frame, 0);
    }

    long to() {
      return EtherHeader.destination(frame, 0);
    }

    byte[] payload() {
      return Arrays.copyOfRange(frame, EtherHeader.LENGTH, frame.length);
    }
  }

  final List<Sent> sent = new ArrayList<>();
  private final Rig rig;
  private final Vnet vnet;
  Ifnet ifp;

  TestLink(Rig rig, Vnet vnet) {
    this.rig = rig;
    this.vnet = vnet;
  }

  @Override
  public @Nullable Errno transmit(Ifnet from, Mbuf m) {
    byte[] frame = new byte[m.len];
    System.arraycopy(m.buf, m.off, frame, 0, m.len);
    sent.add(new Sent(vnet.lane().now(), frame));
    vnet.mbufs().free(m);
    return null;
  }

  @Override
  public void init(Ifnet i) {
    i.running(true);
  }

  @Override
  public void stop(Ifnet i) {
    i.running(false);
  }

  /** A packet comes in, addressed to the interface. */
  void ip(byte[] packet) {
    frame(ifp.lladdr(), EtherHeader.TYPE_IP, packet);
  }

  void broadcast(byte[] packet) {
    frame(MacAddress.BROADCAST_BITS, EtherHeader.TYPE_IP, packet);
  }

  void multicast(int group, byte[] packet) {
    frame(MacAddress.ofGroup4(group), EtherHeader.TYPE_IP, packet);
  }

  void frame(long to, int type, byte[] payload) {
    rig.in(
        vnet,
        () -> {
          Mbuf m = vnet.mbufs().alloc(EtherHeader.LENGTH + payload.length);
          EtherHeader.put(m.buf, m.off, to, PEER, type);
          System.arraycopy(payload, 0, m.buf, m.off + EtherHeader.LENGTH, payload.length);
          ifp.input(m);
          return 0;
        });
    rig.settle();
  }

  void arp(int operation, long mac, String sender, String target) {
    byte[] p = new byte[ArpPacket.LENGTH];
    ArpPacket.put(
        p, 0, operation, mac, Ip4Address.parse(sender).bits(), 0, Ip4Address.parse(target).bits());
    boolean request = operation == ArpPacket.REQUEST;
    frame(request ? MacAddress.BROADCAST_BITS : ifp.lladdr(), EtherHeader.TYPE_ARP, p);
  }

  /** Makes the stack know PEER as the link address of a neighbour. */
  void know(String neighbor, String own) {
    arp(ArpPacket.REQUEST, PEER, neighbor, own);
    sent.clear();
  }

  /** The payloads of one type that left since the last call. */
  List<byte[]> take(int type) {
    List<byte[]> all = new ArrayList<>();
    for (Sent s : sent) {
      if (s.type() == type) {
        all.add(s.payload());
      }
    }
    sent.clear();
    return all;
  }

  List<byte[]> packets() {
    return take(EtherHeader.TYPE_IP);
  }
}
