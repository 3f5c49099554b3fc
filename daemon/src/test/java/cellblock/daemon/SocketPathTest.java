package cellblock.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketPathTest {
  @TempDir Path folder;

  @Test
  void a_folder_is_made_for_the_owner_alone() throws Exception {
    Path path = folder.resolve("new/control");
    try (SocketPath place = SocketPath.claim(path, 1)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
          .isEqualTo("rwx------");
      assertThat(place.path()).isEqualTo(path);
    }
    assertThat(path.getParent()).isEmptyDirectory();
  }

  @Test
  void a_path_too_long_is_told_with_its_length() {
    Path path = folder.resolve("x".repeat(120));
    assertThatThrownBy(() -> SocketPath.claim(path, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("socket path too long")
        .hasMessageContaining(path.toString());
  }

  @Test
  void a_stale_socket_is_cleared() throws Exception {
    Path path = folder.resolve("control");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    try (SocketPath place = SocketPath.claim(path, 1)) {
      assertThat(place.path()).doesNotExist();
    }
  }

  @Test
  void a_file_that_is_no_socket_is_left_alone() throws Exception {
    Path path = Files.writeString(folder.resolve("control"), "precious");
    assertThatThrownBy(() -> SocketPath.claim(path, 1)).hasMessageContaining("not a socket");
    assertThat(path).hasContent("precious");
  }

  @Test
  void a_failed_claim_does_not_keep_the_place() throws Exception {
    Path path = Files.writeString(folder.resolve("control"), "");
    assertThatThrownBy(() -> SocketPath.claim(path, 1)).isInstanceOf(UserError.class);
    Files.delete(path);
    SocketPath.claim(path, 1).close();
  }

  @Test
  void a_folder_that_others_may_write_to_is_refused() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> SocketPath.claim(folder.resolve("control"), 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("writable by you alone");
  }

  @Test
  void a_place_where_nothing_can_be_written_is_an_error_without_a_stack_trace() {
    for (String hopeless : new String[] {"/proc/control", "/nonexistent/folder/control"}) {
      assertThatThrownBy(() -> SocketPath.claim(Path.of(hopeless), 1))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("cannot use " + hopeless);
    }
  }

  @Test
  void the_socket_is_the_named_one_or_the_users_own() {
    assertThat(SocketPath.of(Map.of("CELLBLOCK_SOCKET", "/a/b"))).hasToString("/a/b");
    assertThat(SocketPath.of(Map.of("XDG_RUNTIME_DIR", "/run/user/7")))
        .hasToString("/run/user/7/cellblock/control");
    assertThat(SocketPath.of(Map.of()).toString())
        .startsWith("/tmp/cellblock-")
        .endsWith("/control");
  }

  @Test
  void a_mark_reads_as_it_was_written() {
    Mark mark = new Mark(Integer.MAX_VALUE, 999_999, 0);
    assertThat(Mark.ofLimit(mark.limit())).isEqualTo(mark);
    assertThat(mark.limit()).isPositive();
    assertThat(Mark.ofLimit(-1)).isNull();
    assertThat(Mark.ofLimit(200_000)).isNull();
  }
}
