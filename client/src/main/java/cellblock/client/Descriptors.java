package cellblock.client;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells the descriptors of this JVM from those that the caller handed down, by what they refer to:
 * execve(2) must close the former and keep the latter. Linux only; elsewhere nothing is closed.
 */
final class Descriptors {
  private Descriptors() {}

  /** Has execve(2) close what this JVM opened for itself. */
  static void closeOnExec() throws Libc.Failure {
    String[] open = new File("/proc/self/fd").list();
    if (open == null) {
      return;
    }
    ProcessHandle up = ProcessHandle.current().parent().orElse(null);
    String parent = up == null ? "" : "/proc/".concat(Long.toString(up.pid())).concat("/fd");
    for (String name : open) {
      int fd = Integer.parseInt(name);
      if (fd > 2 && ownedByJvm(target("/proc/self/fd/".concat(name)), parent)) {
        Libc.closeOnExec(fd);
      }
    }
  }

  private static boolean ownedByJvm(String target, String parent) {
    if (target.startsWith("socket:") || target.startsWith("anon_inode:")) {
      return !heldBy(parent, target);
    }
    return target.endsWith(".jar")
        || target.endsWith(".aot")
        || target.endsWith(".jsa")
        || target.endsWith("/lib/modules")
        || target.equals("/dev/random")
        || target.equals("/dev/urandom")
        || target.startsWith("/proc/");
  }

  private static boolean heldBy(String folder, String target) {
    String[] open = new File(folder).list();
    for (int i = 0; open != null && i < open.length; i++) {
      if (target(folder.concat("/").concat(open[i])).equals(target)) {
        return true;
      }
    }
    return false;
  }

  private static String target(String link) {
    try {
      return Files.readSymbolicLink(Path.of(link)).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The signals that were blocked when this process began: the JVM's first thread still has them
   * so, the others do not.
   */
  static long originalMask() {
    try {
      String file =
          "/proc/self/task/".concat(Long.toString(ProcessHandle.current().pid())).concat("/status");
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith("SigBlk:")) {
          return Long.parseUnsignedLong(line.substring(7).trim(), 16);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Below.
    }
    return 0;
  }
}
