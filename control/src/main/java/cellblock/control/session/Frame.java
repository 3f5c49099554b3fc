package cellblock.control.session;

/**
 * One frame as it came in.
 *
 * @param type one of {@link FrameType}
 * @param body without length and type; owned by the receiver
 */
public record Frame(int type, byte[] body) {}
