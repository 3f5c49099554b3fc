package cellblock.client;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** The process's own standard output and error, unbuffered. */
final class Streams {
  private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);
  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

  private Streams() {}

  /** Writes to standard output; false when nobody reads it any more. */
  static boolean out(byte[] bytes) {
    try {
      OUT.write(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Writes to standard error, best effort. */
  static void err(byte[] bytes) {
    try {
      ERR.write(bytes);
    } catch (IOException e) {
      // Nobody is left to tell.
    }
  }
}
