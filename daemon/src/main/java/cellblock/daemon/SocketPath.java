package cellblock.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The place of a control socket: the checks before it may be bound, and a lock beside it ({@code
 * PATH.lock}) that the operating system releases when its kernel dies, however it dies. What a dead
 * kernel left is thereby told from what a living one uses.
 */
final class SocketPath implements AutoCloseable {
  /** Bytes of sun_path without the final zero, on Linux; 103 on macOS and FreeBSD. */
  private static final int MAX_BYTES = System.getProperty("os.name").equals("Linux") ? 107 : 103;

  /** The lock file begins with the id of the kernel that holds, or held, it. */
  private static final int NOTE_BYTES = 4;

  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_OTHERS = 022;

  private final Path path;
  private final Path lockPath;
  private final FileChannel lockFile;
  private @Nullable Path link;

  private SocketPath(Path path, Path lockPath, FileChannel lockFile) {
    this.path = path;
    this.lockPath = lockPath;
    this.lockFile = lockFile;
  }

  /** The socket that {@code env} names, or the user's default. */
  static Path of(Map<String, String> env) {
    String named = env.getOrDefault(Mark.SOCKET, "");
    if (!named.isEmpty()) {
      return Path.of(named).toAbsolutePath();
    }
    String runtime = env.getOrDefault("XDG_RUNTIME_DIR", "");
    return runtime.isEmpty()
        ? Path.of("/tmp/cellblock-" + System.getProperty("user.name"), "control")
        : Path.of(runtime, "cellblock", "control");
  }

  /**
   * Takes the path for this kernel: makes the folder, takes the lock, clears what a dead kernel
   * left.
   *
   * @param kernel the id to be noted for the next one, should this one be killed
   */
  static SocketPath claim(Path path, int kernel) throws UserError, InterruptedException {
    int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new UserError(
          "socket path too long: " + bytes + " bytes, at most " + MAX_BYTES + ": " + path);
    }
    try {
      folder(path.toAbsolutePath().resolve("..").normalize());
      Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
      FileChannel file = lock(lockPath, path);
      try {
        clear(path, file);
        note(file, kernel);
      } catch (IOException | UserError e) {
        file.close();
        throw e;
      }
      SocketPath place = new SocketPath(path, lockPath, file);
      place.publish(kernel);
      return place;
    } catch (IOException e) {
      throw new UserError("cannot use " + path + ": " + words(e));
    }
  }

  private static void folder(Path folder) throws IOException, UserError {
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Map<String, Object> has = Files.readAttributes(folder, "unix:uid,mode");
    int mode = has.get("mode") instanceof Integer bits ? bits : 0;
    boolean shared = (mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0;
    boolean foreign = !uid().equals(has.get("uid")) && (mode & STICKY) == 0;
    if (shared || foreign) {
      throw new UserError("folder " + folder + " must belong to you and be writable by you alone");
    }
  }

  private static Object uid() throws IOException {
    Path self = Path.of("/proc/self");
    Path mine = Files.isDirectory(self) ? self : Path.of(System.getProperty("user.home"));
    return Files.getAttribute(mine, "unix:uid");
  }

  private static FileChannel lock(Path lockPath, Path path) throws IOException, UserError {
    while (true) {
      FileChannel file =
          FileChannel.open(
              lockPath,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      FileLock lock;
      try {
        lock = file.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null; // another kernel of this very JVM
      }
      if (lock == null) {
        file.close();
        throw new UserError("a kernel is already running at " + path);
      }
      if (isStill(lockPath, file)) {
        return file;
      }
      file.close(); // the one before removed the file while we took the lock
    }
  }

  /**
   * Whether the locked file is still the one of that name: a random size given to the one must show
   * in the other. Only stat(2) may look: POSIX drops a process's lock when it closes any descriptor
   * of the file.
   */
  private static boolean isStill(Path lockPath, FileChannel file) throws IOException {
    long size = NOTE_BYTES + 1 + (ProcessHandle.current().pid() + System.nanoTime() & 0xfffff);
    file.truncate(NOTE_BYTES);
    file.write(ByteBuffer.allocate(1), size - 1);
    try {
      return Files.size(lockPath) == size;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void clear(Path path, FileChannel file)
      throws IOException, UserError, InterruptedException {
    ByteBuffer head = ByteBuffer.allocate(NOTE_BYTES);
    if (file.read(head, 0) == NOTE_BYTES && head.getInt(0) > 0) {
      HostProcesses.killOrphans(head.getInt(0));
      Files.deleteIfExists(linkOf(head.getInt(0)));
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        throw new UserError(path + " exists and is not a socket");
      }
      Files.delete(path);
    }
  }

  private static void note(FileChannel file, int kernel) throws IOException {
    file.write(ByteBuffer.allocate(NOTE_BYTES).putInt(0, kernel), 0);
    file.force(true);
  }

  /** The operating system's words of an exception, without the file's name. */
  static String words(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  Path path() {
    return path;
  }

  private static Path linkOf(int kernel) {
    Path own = Path.of("/tmp/cellblock-" + System.getProperty("user.name"));
    return own.resolve("kernel-" + Integer.toHexString(kernel));
  }

  /**
   * Links {@code kernel-ID} in the user's own folder to the socket, for clients that carry the
   * kernel's mark but lost their environment. Without it they find no kernel: no reason not to
   * start.
   */
  private void publish(int kernel) {
    Path name = linkOf(kernel);
    try {
      folder(name.resolveSibling(".").normalize());
      Files.deleteIfExists(name);
      Files.createSymbolicLink(name, path);
      link = name;
    } catch (IOException | UserError e) {
      link = null;
    }
  }

  /** Removes the socket and the lock. */
  @Override
  public void close() {
    if (!lockFile.isOpen()) {
      return; // whatever is there now is another kernel's
    }
    try {
      Files.deleteIfExists(path);
      if (link != null) {
        Files.deleteIfExists(link);
      }
      Files.deleteIfExists(lockPath);
    } catch (IOException e) {
      // The next kernel clears it.
    }
    try {
      lockFile.close();
    } catch (IOException e) {
      // The process ends.
    }
  }
}
