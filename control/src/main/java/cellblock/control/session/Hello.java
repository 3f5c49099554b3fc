package cellblock.control.session;

import java.util.List;

/**
 * The first frame: who calls what, from where.
 *
 * @param pid the client's process id
 * @param tool the tool's name, or {@code @status}, {@code @stop} for the daemon itself
 * @param args its arguments
 * @param cwd the caller's directory, absolute
 * @param env the caller's environment, {@code NAME=value}
 */
public record Hello(long pid, String tool, List<String> args, String cwd, List<String> env) {

  /** The frame's body. */
  public byte[] encode() {
    return Body.writing()
        .put(FrameType.MAGIC)
        .put(FrameType.VERSION)
        .put(pid)
        .put(tool)
        .put(args)
        .put(cwd)
        .put(env)
        .toBytes();
  }

  /** Reads a frame's body. */
  public static Hello decode(byte[] body) throws ProtocolError {
    Body in = Body.reading(body);
    if (in.getInt() != FrameType.MAGIC) {
      throw new ProtocolError("not a Cellblock client");
    }
    int version = in.getInt();
    if (version != FrameType.VERSION) {
      throw new ProtocolError("client speaks version " + version + ", kernel " + FrameType.VERSION);
    }
    Hello hello =
        new Hello(in.getLong(), in.getString(), in.getStrings(), in.getString(), in.getStrings());
    in.end();
    return hello;
  }
}
