package cellblock.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("a"));
    Files.writeString(folder.resolve("a/good.pkt"), "0 `true`\n");
    Files.writeString(folder.resolve("a/bad.pkt"), "0 `false`\n");
    Files.writeString(folder.resolve("b.pkt"), "0 bogus\n");
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return Main.run(
        List.of(args),
        folder,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8).replace(folder + "/", "");
  }

  @Test
  void all_that_pass_are_status_0() {
    assertThat(run("a/good.pkt")).isZero();
    assertThat(said()).isEqualTo("a  passed    1  failed    0\nscripts 1, passed 1, failed 0\n");
  }

  @Test
  void a_folder_is_all_scripts_below_it_and_one_that_fails_is_status_1() {
    assertThat(run(".")).isEqualTo(1);
    assertThat(said().replace("./", ""))
        .contains("a/bad.pkt:1:1: command `false` ended with status 1\n")
        .contains("b.pkt:2:1: expected '(', found end of script\n")
        .endsWith("scripts 3, passed 1, failed 2\n");
  }

  @Test
  void quiet_is_only_the_summary_and_verbose_is_everything() {
    assertThat(run("-q", "a")).isEqualTo(1);
    assertThat(said()).isEqualTo("a  passed    1  failed    1\nscripts 2, passed 1, failed 1\n");
    assertThat(run("-v", "a/good.pkt")).isZero();
    assertThat(said()).contains("passed  a/good.pkt\n  command 0.000000 `true`: 0\n");
  }

  @Test
  void bad_arguments_are_status_2_with_the_usage() {
    for (String bad : List.of("-z", "--bogus=1", "--jobs=0", "none.pkt", "--ip_version=ipv5")) {
      assertThat(run(bad, "a")).as(bad).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .startsWith("packetdrill: ")
          .contains("usage: ");
    }
    assertThat(run()).isEqualTo(2);
  }

  @Test
  void help_tells_the_options() {
    assertThat(run("--help")).isZero();
    assertThat(said()).startsWith("usage: cellblock packetdrill").contains("--tolerance_usecs");
  }
}
