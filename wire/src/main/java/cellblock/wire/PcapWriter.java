package cellblock.wire;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;

/**
 * Writes a classic pcap file (version 2.4, little-endian) of one link type. One thread at a time;
 * nothing is buffered here. Ancestor: {@code contrib/libpcap/savefile.c}.
 */
public final class PcapWriter implements Closeable {
  /** Link type Ethernet (DLT_EN10MB). */
  public static final int LINK_ETHERNET = 1;

  /** Link type raw IP, either version. */
  public static final int LINK_RAW = 101;

  /** Link type of FreeBSD's loopback: four bytes of family in host order (DLT_NULL). */
  public static final int LINK_NULL = 0;

  /** How fine a file's time stamps are. */
  public enum Resolution {
    /** Microseconds, magic a1b2c3d4. */
    MICROSECONDS(0xa1b2_c3d4, 1000),
    /** Nanoseconds, magic a1b23c4d. */
    NANOSECONDS(0xa1b2_3c4d, 1);

    private final int magic;
    private final int nanos;

    Resolution(int magic, int nanos) {
      this.magic = magic;
      this.nanos = nanos;
    }
  }

  private static final long SECOND = 1_000_000_000L;

  private final OutputStream out;
  private final int snapLength;
  private final Resolution resolution;

  /**
   * Writes the file header.
   *
   * @param linkType such as {@link #LINK_ETHERNET}
   * @param snapLength most bytes kept of a packet
   */
  public PcapWriter(OutputStream out, int linkType, int snapLength, Resolution resolution)
      throws IOException {
    if (snapLength < 1) {
      throw new IllegalArgumentException("snap length " + snapLength);
    }
    this.out = out;
    this.snapLength = snapLength;
    this.resolution = resolution;
    ByteBuffer header = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(resolution.magic).putShort((short) 2).putShort((short) 4);
    header.putInt(0).putInt(0).putInt(snapLength).putInt(linkType);
    out.write(header.array());
  }

  /** As the other, to a channel. */
  public PcapWriter(
      WritableByteChannel channel, int linkType, int snapLength, Resolution resolution)
      throws IOException {
    this(Channels.newOutputStream(channel), linkType, snapLength, resolution);
  }

  /**
   * Writes one packet, cut to the snap length.
   *
   * @param nanos time since 1970 in nanoseconds
   */
  public void write(long nanos, byte[] buf, int off, int length) throws IOException {
    write(nanos, buf, off, Math.min(length, snapLength), length);
  }

  /**
   * Writes a packet that was cut when it was captured.
   *
   * @param kept bytes there are, from {@code off}
   * @param length bytes it had
   */
  public void write(long nanos, byte[] buf, int off, int kept, int length) throws IOException {
    ByteBuffer packet = ByteBuffer.allocate(16 + kept).order(ByteOrder.LITTLE_ENDIAN);
    packet.putInt((int) Math.floorDiv(nanos, SECOND));
    packet.putInt((int) Math.floorMod(nanos, SECOND) / resolution.nanos);
    packet.putInt(kept).putInt(length).put(buf, off, kept);
    out.write(packet.array());
  }

  /** Hands on what the stream below holds back. */
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
