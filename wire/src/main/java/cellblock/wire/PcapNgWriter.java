package cellblock.wire;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a pcapng file (IETF draft-ietf-opsawg-pcapng, little-endian, one section): any number of
 * interfaces with names, packets of any of them with nanosecond time stamps. Interfaces may be
 * added at any time before their first packet. One thread at a time; nothing is buffered here.
 */
public final class PcapNgWriter implements Closeable {
  private static final int SECTION_HEADER = 0x0a0d_0d0a;
  private static final int INTERFACE_DESCRIPTION = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final int BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
  private static final int OPTION_END = 0;
  private static final int OPTION_COMMENT = 1;
  private static final int SECTION_APPLICATION = 4;
  private static final int INTERFACE_NAME = 2;
  private static final int INTERFACE_DESCRIPTION_TEXT = 3;
  private static final int INTERFACE_RESOLUTION = 9;
  private static final int PACKET_FLAGS = 2;
  private static final int OPTION_MAXIMUM = 0xffff;

  /** Which way a packet passed its interface. */
  public enum Direction {
    /** Not said. */
    UNKNOWN,
    /** Received. */
    INBOUND,
    /** Sent. */
    OUTBOUND
  }

  private final OutputStream out;
  private int interfaces;

  /** Writes the section header. */
  public PcapNgWriter(OutputStream out) throws IOException {
    this.out = out;
    ByteBuffer body = buffer(64);
    body.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
    text(body, SECTION_APPLICATION, "Cellblock");
    option(body, OPTION_END, new byte[0]);
    block(SECTION_HEADER, body);
  }

  /** As the other, to a channel. */
  public PcapNgWriter(WritableByteChannel channel) throws IOException {
    this(Channels.newOutputStream(channel));
  }

  /** Adds an interface without a description; returns its number, counted from 0. */
  public int addInterface(String name, int linkType, int snapLength) throws IOException {
    return addInterface(name, "", linkType, snapLength);
  }

  /**
   * Adds an interface.
   *
   * @param name such as {@code epair0a}
   * @param description such as the jail's name; empty for none
   * @param linkType such as {@link PcapWriter#LINK_ETHERNET}
   * @param snapLength most bytes kept of a packet, 0 for no limit; callers cut
   * @return its number, counted from 0
   */
  public int addInterface(String name, String description, int linkType, int snapLength)
      throws IOException {
    ByteBuffer body = buffer(64 + 3 * name.length() + 3 * description.length());
    body.putShort((short) linkType).putShort((short) 0).putInt(snapLength);
    text(body, INTERFACE_NAME, name);
    text(body, INTERFACE_DESCRIPTION_TEXT, description);
    option(body, INTERFACE_RESOLUTION, new byte[] {9});
    option(body, OPTION_END, new byte[0]);
    block(INTERFACE_DESCRIPTION, body);
    return interfaces++;
  }

  /** Writes a whole packet of unknown direction. */
  public void write(int number, long nanos, byte[] buf, int off, int length) throws IOException {
    write(number, nanos, buf, off, length, length, Direction.UNKNOWN, "");
  }

  /**
   * Writes a packet.
   *
   * @param number the interface
   * @param nanos time since 1970 in nanoseconds
   * @param captured bytes kept, from {@code off}
   * @param original bytes the packet had
   * @param comment shown by readers; empty for none
   */
  public void write(
      int number,
      long nanos,
      byte[] buf,
      int off,
      int captured,
      int original,
      Direction direction,
      String comment)
      throws IOException {
    if (number < 0 || number >= interfaces) {
      throw new IllegalArgumentException("interface " + number + " of " + interfaces);
    }
    ByteBuffer body = buffer(64 + captured + 3 * comment.length());
    body.putInt(number).putInt((int) (nanos >>> 32)).putInt((int) nanos);
    body.putInt(captured).putInt(original).put(buf, off, captured);
    pad(body);
    if (direction != Direction.UNKNOWN || !comment.isEmpty()) {
      text(body, OPTION_COMMENT, comment);
      if (direction != Direction.UNKNOWN) {
        option(body, PACKET_FLAGS, new byte[] {(byte) direction.ordinal(), 0, 0, 0});
      }
      option(body, OPTION_END, new byte[0]);
    }
    block(ENHANCED_PACKET, body);
  }

  /** Hands on what the stream below holds back. */
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** A buffer whose first eight bytes are kept for the block's type and length. */
  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size + 8).order(ByteOrder.LITTLE_ENDIAN).position(8);
  }

  private static void text(ByteBuffer body, int code, String text) {
    if (!text.isEmpty()) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      option(body, code, Arrays.copyOf(bytes, Math.min(bytes.length, OPTION_MAXIMUM)));
    }
  }

  private static void option(ByteBuffer body, int code, byte[] value) {
    body.putShort((short) code).putShort((short) value.length).put(value);
    pad(body);
  }

  private static void pad(ByteBuffer body) {
    while ((body.position() & 3) != 0) {
      body.put((byte) 0);
    }
  }

  private void block(int type, ByteBuffer body) throws IOException {
    int length = body.position() + 4;
    body.putInt(length).putInt(0, type).putInt(4, length);
    out.write(body.array(), 0, length);
  }
}
