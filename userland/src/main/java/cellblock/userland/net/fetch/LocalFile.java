package cellblock.userland.net.fetch;

import cellblock.userland.net.Stdio;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Where the document goes: standard output, a new file, the end of an old one, or a file beside an
 * old one that takes its place when all has come (ancestor: fetch.c, fetch).
 */
final class LocalFile {
  /** What a comparison of both sides says. */
  enum Plan {
    /** Go on with what comes. */
    GO,
    /** It is there already. */
    NOTHING,
    /** Something is wrong, and has been told. */
    REFUSE,
    /** The old part is of another document: all of it is needed. */
    FROM_START
  }

  private final Stdio io;
  private final FetchOptions options;
  private final String name;
  private final @Nullable Path path;
  private final long size;
  private final long modified;
  private @Nullable Path beside;
  private @Nullable OutputStream out;
  private boolean resuming;

  private LocalFile(
      Stdio io, FetchOptions options, String name, @Nullable Path path, long size, long modified) {
    this.io = io;
    this.options = options;
    this.name = name;
    this.path = path;
    this.size = size;
    this.modified = modified;
  }

  /** Looks at the file; {@code name} null = standard output. */
  static LocalFile of(Stdio io, @Nullable String name, FetchOptions options) throws IOException {
    if (name == null) {
      return new LocalFile(io, options, "-", null, -1, 0);
    }
    Path path = io.context().cwd().resolve(name);
    boolean regular = Files.isRegularFile(path);
    return new LocalFile(
        io,
        options,
        name,
        path,
        regular ? Files.size(path) : -1,
        regular ? Files.getLastModifiedTime(path).toMillis() / 1000 : 0);
  }

  long size() {
    return size;
  }

  long modified() {
    return modified;
  }

  long resumeAt() {
    return options.restart && size > 0 ? size : 0;
  }

  Plan plan(Remote remote) {
    if (options.restart && size >= 0) {
      if (!options.force && remote.modified() != 0 && modified != remote.modified()) {
        if (options.precious) {
          io.warnx(name + ": local modification time does not match remote");
          return Plan.REFUSE;
        }
        return Plan.FROM_START;
      }
      if (remote.size() == size) {
        return Plan.NOTHING;
      }
      if (remote.size() >= 0 && size > remote.size()) {
        io.warnx(
            "%s: local file (%d bytes) is longer than remote file (%d bytes)"
                .formatted(name, size, remote.size()));
        return Plan.REFUSE;
      }
      resuming = remote.offset() > 0 && remote.offset() <= size;
      return resuming || remote.offset() == 0 ? Plan.GO : Plan.FROM_START;
    }
    boolean same = size == remote.size() && modified == remote.modified();
    return options.mirror && size >= 0 && same ? Plan.NOTHING : Plan.GO;
  }

  void open(Remote remote) throws IOException {
    Path to = path;
    if (to == null) {
      return;
    }
    if (resuming && remote.offset() > 0) {
      FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE);
      out = Channels.newOutputStream(channel.position(remote.offset()));
      return;
    }
    if (size >= 0) {
      Path folder = to.toAbsolutePath().getParent();
      beside = Files.createTempFile(folder, to.getFileName() + ".fetch.", "");
      to = beside;
    }
    out = Files.newOutputStream(to);
  }

  void write(byte[] bytes, int n) throws IOException {
    OutputStream to = out;
    if (to != null) {
      to.write(bytes, 0, n);
    } else {
      io.out().write(bytes, 0, n);
    }
  }

  /** Closes it, and sets its time. */
  void finish(Remote remote) throws IOException {
    OutputStream to = out;
    Path file = beside != null ? beside : path;
    if (to == null || file == null) {
      io.flush();
      return;
    }
    to.close();
    if (!options.keepTime && remote.modified() > 0) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(remote.modified() * 1000));
    }
  }

  /** All of it came. */
  void keep() throws IOException {
    if (beside != null && path != null) {
      Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What came is of no use, unless it was asked to be kept. */
  void failed() throws IOException {
    Path file = beside != null ? beside : path;
    if (out != null && file != null) {
      out.close();
      if (!options.precious && !options.restart) {
        Files.deleteIfExists(file);
      }
    }
  }
}
