package cellblock.control.session;

/**
 * The frame types and limits of the control protocol. Plain constants: cheap to load and switch on.
 */
public final class FrameType {
  /** First bytes of a HELLO: "CELL". */
  public static final int MAGIC = 0x43454c4c;

  /** Protocol version, sent in HELLO; both sides come from the same build. */
  public static final int VERSION = 1;

  /** Largest frame in bytes, type included. Holds any argv and environment that Linux accepts. */
  public static final int MAX_FRAME = 8 << 20;

  /** Largest body of a stream frame (STDIN, STDOUT, STDERR) in bytes. */
  public static final int MAX_DATA = 32 << 10;

  // From client to daemon.

  /** The call: see {@link Hello}. */
  public static final int HELLO = 1;

  /** Answer to READ: bytes of standard input; empty means end of file. */
  public static final int STDIN = 2;

  /** A caught signal: its name, UTF-8. */
  public static final int SIGNAL = 3;

  /** A SPAWN was carried out: the child's pid, a long. */
  public static final int CHILD_STARTED = 4;

  /** The child ended: status, an int, 128+n when signal n killed it. */
  public static final int CHILD_EXIT = 5;

  /** A SPAWN or EXEC could not be carried out: errno, an int, and words, UTF-8. */
  public static final int CHILD_FAILED = 6;

  /** Answer to SYNC: everything sent before it has been dealt with. */
  public static final int SYNCED = 7;

  // From daemon to client.

  /** Bytes for standard output. */
  public static final int STDOUT = 16;

  /** Bytes for standard error. */
  public static final int STDERR = 17;

  /** Read at most this many (int) bytes of standard input, once. */
  public static final int READ = 18;

  /** From now on send this signal (name, UTF-8) instead of dying of it. */
  public static final int CATCH = 19;

  /** The end: exit status, an int. */
  public static final int EXIT = 20;

  /** Become this program: see {@link Launch}. */
  public static final int EXEC = 21;

  /** Run this program as a child with the client's own streams: see {@link Launch}. */
  public static final int SPAWN = 22;

  /** Signal the running child: name, UTF-8. */
  public static final int KILL_CHILD = 23;

  /** The conversation broke a rule: words, UTF-8. The connection ends. */
  public static final int REFUSE = 24;

  /** Answer with SYNCED: a simulation wants to know that the client has nothing left to do. */
  public static final int SYNC = 25;

  private FrameType() {}
}
