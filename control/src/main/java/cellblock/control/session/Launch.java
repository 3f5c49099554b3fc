package cellblock.control.session;

import java.util.List;

/**
 * A program of the host that the client is to run (SPAWN) or to become (EXEC).
 *
 * @param path the executable, absolute
 * @param argv its arguments, name first
 * @param env its whole environment, {@code NAME=value}
 * @param cwd where it starts, absolute
 * @param mark value for the soft limit RLIMIT_RTTIME, the mark that outlives a lost environment; 0
 *     = none
 * @param output file that takes its output, appended; "" = the client's streams
 * @param background whether the client need not wait; SPAWN only
 */
public record Launch(
    String path,
    List<String> argv,
    List<String> env,
    String cwd,
    long mark,
    String output,
    boolean background) {

  /** The frame's body. */
  public byte[] encode() {
    return Body.writing()
        .put(path)
        .put(argv)
        .put(env)
        .put(cwd)
        .put(mark)
        .put(output)
        .put(background ? 1 : 0)
        .toBytes();
  }

  /** Reads a frame's body. */
  public static Launch decode(byte[] body) throws ProtocolError {
    Body in = Body.reading(body);
    Launch launch =
        new Launch(
            in.getString(),
            in.getStrings(),
            in.getStrings(),
            in.getString(),
            in.getLong(),
            in.getString(),
            in.getInt() != 0);
    in.end();
    return launch;
  }
}
