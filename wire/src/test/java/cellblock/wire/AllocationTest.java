package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The window level is what a forwarded packet touches: it allocates nothing, compiled or not. */
class AllocationTest {
  private static final int ROUNDS = 20_000;

  private long sink;

  @Test
  void the_path_of_a_forwarded_packet_allocates_nothing() {
    byte[] frame = frame();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    forward(frame, 100);
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    forward(frame, ROUNDS);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes in %d rounds, sum %d", ROUNDS, sink).isLessThan(ROUNDS);
  }

  private static byte[] frame() {
    byte[] frame = new byte[14 + 24 + 32];
    int at = new EtherHeader(MacAddress.ZERO, MacAddress.ZERO, EtherHeader.TYPE_IP).emit(frame, 0);
    Ip4Address any = Ip4Address.ANY;
    Octets alert = Ip4Options.routerAlert();
    at += new Ip4Header(0, 56, 0, 0, 0, 64, IpProtocol.TCP, any, any, alert).emit(frame, at);
    Octets stamp = new TcpOptions(-1, -1, false, true, 1, 2, List.of()).toOctets();
    new TcpHeader(1, 2, 3, 4, TcpHeader.ACK, 6, 0, 0, stamp).emit(frame, at);
    return frame;
  }

  private void forward(byte[] frame, int rounds) {
    for (int i = 0; i < rounds; i++) {
      int off = EtherHeader.LENGTH;
      EtherHeader.put(frame, 0, i, i + 1, EtherHeader.type(frame, 0));
      Ip4Header.putTtl(frame, off, 64);
      Ip4Header.putDestination(frame, off, i);
      Ip4Header.fillChecksum(frame, off);
      Ip4Header.decrementTtl(frame, off);
      sink += Ip4Header.check(frame, off, frame.length - off).ordinal();
      sink += Ip4Options.check(frame, off).ordinal() + Ip4Options.find(frame, off, Ip4Options.RA);
      sink += Ip4Header.verifies(frame, off) ? 1 : 0;
      int tcp = off + Ip4Header.headerLength(frame, off);
      int length = frame.length - tcp;
      TcpHeader.fillChecksum(frame, tcp, Ip4Header.pseudo(frame, off, length), length);
      sink += TcpHeader.check(frame, tcp, length).ordinal() + TcpHeader.sequence(frame, tcp);
      sink += TcpOptions.find(frame, tcp, TcpOptions.TIMESTAMP);
      sink += UdpHeader.check(frame, tcp, length).ordinal();
      sink += Icmp4Message.check(frame, tcp, length).ordinal() + Icmp4Message.word(frame, tcp);
      sink += IgmpMessage.check(frame, tcp, length).ordinal();
      sink += ArpPacket.check(frame, off, length).ordinal() + ArpPacket.senderMac(frame, off);
      sink += Ip6Header.checkHeader(frame, off, length).ordinal() + Ip6Header.sourceHi(frame, off);
    }
  }
}
