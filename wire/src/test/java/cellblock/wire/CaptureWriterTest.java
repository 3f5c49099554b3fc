package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureWriterTest {
  private static final long NANOS = 1_700_000_000_123_456_789L;

  private static byte[] arpFrame() {
    byte[] frame = new byte[42];
    MacAddress mac = MacAddress.parse("02:00:00:00:00:0a");
    int at = new EtherHeader(MacAddress.BROADCAST, mac, EtherHeader.TYPE_ARP).emit(frame, 0);
    Ip4Address sender = Ip4Address.parse("192.0.2.1");
    Ip4Address target = Ip4Address.parse("192.0.2.2");
    new ArpPacket(ArpPacket.REQUEST, mac, sender, MacAddress.ZERO, target).emit(frame, at);
    return frame;
  }

  @Test
  void classic_pcap_has_its_header_and_cuts_to_the_snap_length() throws IOException {
    for (PcapWriter.Resolution resolution : PcapWriter.Resolution.values()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (PcapWriter writer = new PcapWriter(out, PcapWriter.LINK_ETHERNET, 20, resolution)) {
        writer.write(NANOS, arpFrame(), 0, 42);
      }
      ByteBuffer file = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
      boolean fine = resolution == PcapWriter.Resolution.NANOSECONDS;
      assertThat(file.getInt()).isEqualTo(fine ? 0xa1b23c4d : 0xa1b2c3d4);
      assertThat(file.getShort()).isEqualTo((short) 2);
      assertThat(file.getShort()).isEqualTo((short) 4);
      assertThat(file.position(16).getInt()).isEqualTo(20);
      assertThat(file.getInt()).isEqualTo(1);
      assertThat(file.getInt()).isEqualTo(1_700_000_000);
      assertThat(file.getInt()).isEqualTo(fine ? 123_456_789 : 123_456);
      assertThat(file.getInt()).isEqualTo(20);
      assertThat(file.getInt()).isEqualTo(42);
      assertThat(file.remaining()).isEqualTo(20);
    }
  }

  private static byte[] capture() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PcapNgWriter writer = new PcapNgWriter(out)) {
      int a = writer.addInterface("epair0a", "jail a", PcapWriter.LINK_ETHERNET, 0);
      int b = writer.addInterface("lo0", PcapWriter.LINK_RAW, 0);
      writer.write(a, NANOS, arpFrame(), 0, 42);
      byte[] ip = new byte[28];
      Ip4Header.put(ip, 0, 0, 28, 1, 0, 64, IpProtocol.UDP, 0x7f000001, 0x7f000001);
      UdpHeader.put(ip, 20, 1024, 9, 8);
      writer.write(b, NANOS + 1, ip, 0, 27, 28, PcapNgWriter.Direction.OUTBOUND, "cut by one");
    }
    return out.toByteArray();
  }

  @Test
  void pcapng_blocks_close_as_they_open_and_lie_on_four_bytes() throws IOException {
    ByteBuffer file = ByteBuffer.wrap(capture()).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder types = new StringBuilder();
    while (file.hasRemaining()) {
      int start = file.position();
      types.append(Integer.toHexString(file.getInt())).append(' ');
      int length = file.getInt();
      assertThat(length & 3).isZero();
      assertThat(file.getInt(start + length - 4)).isEqualTo(length);
      file.position(start + length);
    }
    assertThat(types.toString()).isEqualTo("a0d0d0a 1 1 6 6 ");
  }

  @Test
  void pcapng_carries_names_resolution_and_nanoseconds() throws IOException {
    byte[] bytes = capture();
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(file.getInt(8)).isEqualTo(0x1a2b3c4d);
    int first = file.getInt(4);
    assertThat(file.getShort(first + 8)).isEqualTo((short) PcapWriter.LINK_ETHERNET);
    assertThat(file.getShort(first + 16)).isEqualTo((short) 2);
    assertThat(file.getShort(first + 18)).isEqualTo((short) 7);
    assertThat(new String(bytes, first + 20, 7, StandardCharsets.UTF_8)).isEqualTo("epair0a");
    int resolution = first + 28 + 4 + 8;
    assertThat(file.getShort(resolution)).isEqualTo((short) 9);
    assertThat(file.get(resolution + 4)).isEqualTo((byte) 9);
    int packet = first + file.getInt(first + 4);
    packet += file.getInt(packet + 4);
    long high = file.getInt(packet + 12);
    long low = file.getInt(packet + 16) & 0xffff_ffffL;
    assertThat(high << 32 | low).isEqualTo(NANOS);
    assertThat(file.getInt(packet + 20)).isEqualTo(42);
    assertThat(Octets.of(bytes, packet + 28, 42)).isEqualTo(Octets.of(arpFrame()));
  }

  @Test
  void pcapng_refuses_an_interface_that_was_not_added() throws IOException {
    PcapNgWriter writer = new PcapNgWriter(new ByteArrayOutputStream());
    assertThatThrownBy(() -> writer.write(0, 0, new byte[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_channel_gets_the_same_bytes_as_a_stream(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.pcapng");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        PcapNgWriter writer = new PcapNgWriter(channel)) {
      writer.flush();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new PcapNgWriter(out).flush();
    assertThat(Files.readAllBytes(file)).isEqualTo(out.toByteArray());
  }

  @Test
  @Tag("tshark")
  void tshark_reads_the_capture(@TempDir Path folder) throws Exception {
    boolean present = present("tshark");
    assumeTrue(present, "tshark is not installed: its reading of our pcapng is not checked");
    Path file = folder.resolve("x.pcapng");
    Files.write(file, capture());
    Process tshark =
        new ProcessBuilder(
                List.of(
                    "tshark",
                    "-n",
                    "-r",
                    file.toString(),
                    "-T",
                    "fields",
                    "-e",
                    "frame.interface_name",
                    "-e",
                    "frame.time_epoch",
                    "-e",
                    "frame.len",
                    "-e",
                    "arp.dst.proto_ipv4",
                    "-e",
                    "udp.dstport"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String text = new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tshark.waitFor()).isZero();
    assertThat(text.lines())
        .containsExactly(
            "epair0a\t1700000000.123456789\t42\t192.0.2.2\t", "lo0\t1700000000.123456790\t28\t\t9");
  }

  private static boolean present(String tool) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(tool, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }
}
