package cellblock.userland.net.tcpdump;

import cellblock.control.CapturePort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a capture has saved: pcap of both byte orders and resolutions, and pcapng with
 * enhanced packets. Ancestors: libpcap's sf-pcap.c and sf-pcapng.c.
 */
final class SavedFile {
  private static final int LONGEST = 262_144;

  /** An interface of a pcapng section. */
  private record Source(int linkType, long unitsPerSecond) {}

  private final InputStream in;
  private final List<Source> sources = new ArrayList<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private boolean blocks;
  private int linkType;

  /** Reads the file's head. */
  SavedFile(InputStream in) throws IOException {
    this.in = in;
    ByteBuffer magic = buffer(4);
    if (magic == null) {
      throw new IOException("truncated dump file; tried to read 4 header bytes, only got 0");
    }
    int word = magic.getInt(0);
    if (word == 0x0a0d_0d0a) {
      blocks = true;
      section();
      return;
    }
    long units = units(word);
    if (units == 0) {
      order = ByteOrder.BIG_ENDIAN;
      units = units(Integer.reverseBytes(word));
    }
    ByteBuffer head = units == 0 ? null : buffer(20);
    if (head == null) {
      throw new IOException("unknown file format");
    }
    linkType = head.getInt(16) & 0xffff;
    sources.add(new Source(linkType, units));
  }

  private static long units(int magic) {
    return magic == 0xa1b2_c3d4 ? 1_000_000 : magic == 0xa1b2_3c4d ? 1_000_000_000 : 0;
  }

  /** Of the file, or of the packet read last. */
  int linkType() {
    return linkType;
  }

  private @Nullable ByteBuffer buffer(int bytes) throws IOException {
    byte[] b = in.readNBytes(bytes);
    return b.length < bytes ? null : ByteBuffer.wrap(b).order(order);
  }

  /** The next frame, or null at the end. */
  CapturePort.@Nullable Frame next() throws IOException {
    return blocks ? nextBlock() : nextRecord();
  }

  private CapturePort.@Nullable Frame nextRecord() throws IOException {
    byte[] head = in.readNBytes(16);
    if (head.length == 0) {
      return null;
    }
    if (head.length < 16) {
      throw new IOException(
          "truncated dump file; tried to read 16 header bytes, only got " + head.length);
    }
    ByteBuffer h = ByteBuffer.wrap(head).order(order);
    long units = sources.getFirst().unitsPerSecond();
    long nanos =
        (h.getInt(0) & 0xffff_ffffL) * 1_000_000_000L
            + (h.getInt(4) & 0xffff_ffffL) * (1_000_000_000L / units);
    return new CapturePort.Frame(nanos, h.getInt(12), false, body(h.getInt(8)));
  }

  private byte[] body(int length) throws IOException {
    if (length < 0 || length > LONGEST) {
      throw new IOException("invalid packet capture length " + (length & 0xffff_ffffL));
    }
    byte[] b = in.readNBytes(length);
    if (b.length < length) {
      throw new IOException(
          "truncated dump file; tried to read " + length + " captured bytes, only got " + b.length);
    }
    return b;
  }

  private void section() throws IOException {
    byte[] head = in.readNBytes(8);
    if (head.length < 8) {
      throw new IOException("truncated pcapng dump file");
    }
    ByteBuffer h = ByteBuffer.wrap(head);
    if (h.order(ByteOrder.LITTLE_ENDIAN).getInt(4) == 0x1a2b_3c4d) {
      order = ByteOrder.LITTLE_ENDIAN;
    } else if (h.order(ByteOrder.BIG_ENDIAN).getInt(4) == 0x1a2b_3c4d) {
      order = ByteOrder.BIG_ENDIAN;
    } else {
      throw new IOException("pcapng section without a byte order");
    }
    sources.clear();
    body(h.order(order).getInt(0) - 12);
  }

  private CapturePort.@Nullable Frame nextBlock() throws IOException {
    while (true) {
      byte[] t = in.readNBytes(4);
      if (t.length == 0) {
        return null;
      }
      if (t.length < 4) {
        throw new IOException("truncated pcapng dump file");
      }
      int type = ByteBuffer.wrap(t).order(order).getInt();
      if (type == 0x0a0d_0d0a) {
        section();
        continue;
      }
      ByteBuffer length = buffer(4);
      if (length == null) {
        throw new IOException("truncated pcapng dump file");
      }
      ByteBuffer b = ByteBuffer.wrap(body(length.getInt(0) - 8)).order(order);
      if (type == 1 && b.capacity() >= 12) {
        sources.add(new Source(b.getShort(0) & 0xffff, resolution(b)));
        linkType = sources.getFirst().linkType();
      } else if (type == 6) {
        return enhanced(b);
      }
    }
  }

  /** if_tsresol: 10 or 2 to the minus n; microseconds when nothing is said. */
  private static long resolution(ByteBuffer b) throws IOException {
    int at = 8;
    while (at + 4 <= b.capacity() - 4) {
      int code = b.getShort(at) & 0xffff;
      int length = b.getShort(at + 2) & 0xffff;
      if (code == 0) {
        break;
      }
      if (code == 9 && length == 1 && at + 5 <= b.capacity()) {
        int n = b.get(at + 4);
        if (n < 0 && (n & 0x7f) <= 30) {
          return 1L << (n & 0x7f);
        }
        if (n < 0 || n > 9) {
          throw new IOException("time stamp resolution that cannot be shown");
        }
        return (long) Math.pow(10, n);
      }
      at += 4 + (length + 3 & ~3);
    }
    return 1_000_000;
  }

  private CapturePort.Frame enhanced(ByteBuffer b) throws IOException {
    int number = b.capacity() < 24 ? -1 : b.getInt(0);
    if (number < 0 || number >= sources.size()) {
      throw new IOException("packet of an interface that the file does not have");
    }
    Source s = sources.get(number);
    linkType = s.linkType();
    long stamp = (long) b.getInt(4) << 32 | b.getInt(8) & 0xffff_ffffL;
    long nanos =
        stamp / s.unitsPerSecond() * 1_000_000_000L
            + stamp % s.unitsPerSecond() * 1_000_000_000L / s.unitsPerSecond();
    int captured = b.getInt(12);
    if (captured < 0 || captured > b.capacity() - 24) {
      throw new IOException("invalid packet capture length " + (captured & 0xffff_ffffL));
    }
    byte[] bytes = new byte[captured];
    b.get(20, bytes);
    return new CapturePort.Frame(nanos, b.getInt(16), false, bytes);
  }
}
