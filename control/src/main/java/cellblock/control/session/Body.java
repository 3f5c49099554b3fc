package cellblock.control.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads and writes the fields of a frame's body: big-endian numbers, and strings as {@code int
 * length | UTF-8}. Not thread-safe.
 */
public final class Body {
  private static final int MAX_LIST = 1 << 18;
  private ByteBuffer buffer;

  private Body(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** An empty body to write into. */
  public static Body writing() {
    return new Body(ByteBuffer.allocate(1024));
  }

  /** A body to read from. */
  public static Body reading(byte[] bytes) {
    return new Body(ByteBuffer.wrap(bytes));
  }

  /** The body of a frame that holds one int. */
  public static byte[] of(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** The body of a frame that holds one long. */
  public static byte[] of(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  /** The body of a frame that holds nothing but text. */
  public static byte[] of(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text of a frame that holds nothing else. */
  public static String text(Frame frame) {
    return new String(frame.body(), StandardCharsets.UTF_8);
  }

  /** Appends a number. */
  public Body put(int value) {
    room(4);
    buffer.putInt(value);
    return this;
  }

  /** Appends a number. */
  public Body put(long value) {
    room(8);
    buffer.putLong(value);
    return this;
  }

  /** Appends bytes with their length. */
  public Body put(byte[] bytes, int offset, int length) {
    room(4 + length);
    buffer.putInt(length).put(bytes, offset, length);
    return this;
  }

  /** Appends a string. */
  public Body put(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return put(bytes, 0, bytes.length);
  }

  /** Appends a list of strings. */
  public Body put(List<String> texts) {
    put(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      put(texts.get(i));
    }
    return this;
  }

  private void room(int more) {
    if (buffer.remaining() < more) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + more));
      buffer = larger.put(buffer.flip());
    }
  }

  /** The bytes written so far. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** The next number. */
  public int getInt() throws ProtocolError {
    need(4);
    return buffer.getInt();
  }

  /** The next number. */
  public long getLong() throws ProtocolError {
    need(8);
    return buffer.getLong();
  }

  /** The next string. */
  public String getString() throws ProtocolError {
    int length = getInt();
    need(length);
    String text = new String(buffer.array(), buffer.position(), length, StandardCharsets.UTF_8);
    buffer.position(buffer.position() + length);
    return text;
  }

  /** The next list of strings. */
  public List<String> getStrings() throws ProtocolError {
    int count = getInt();
    if (count < 0 || count > MAX_LIST) {
      throw new ProtocolError("malformed message");
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(getString());
    }
    return texts;
  }

  /** Fails unless everything was read. */
  public void end() throws ProtocolError {
    if (buffer.hasRemaining()) {
      throw new ProtocolError("malformed message");
    }
  }

  private void need(int bytes) throws ProtocolError {
    if (bytes < 0 || buffer.remaining() < bytes) {
      throw new ProtocolError("malformed message");
    }
  }
}
