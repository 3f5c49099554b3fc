package cellblock.userland.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.IfRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class IfmcstatTest {
  private final ModelKernel kernel = new ModelKernel().withEpair();

  private ToolRun run(String line) {
    return ToolRun.of(kernel, line);
  }

  @Test
  void memberships_are_listed_by_interface() {
    run("ifconfig epair0a 192.0.2.5/24");
    kernel.groups.add(
        new IfRequest.MulticastInfo(
            "epair0a", "link", "01:00:5e:00:00:01", null, "", List.of(), "", 1, 0));
    kernel.groups.add(
        new IfRequest.MulticastInfo(
            "epair0a", "inet", "224.0.0.1", "01:00:5e:00:00:01", "exclude", List.of(), "", 1, 3));
    kernel.groups.add(
        new IfRequest.MulticastInfo(
            "epair0a", "inet", "232.1.1.1", null, "include", List.of("192.0.2.7", "192.0.2.8"), "", 1, 3));
    assertThat(run("ifmcstat").out())
        .isEqualTo(
            """
            epair0a:
            \tinet 192.0.2.5
            \tigmpv3 rv 2 qi 125 qri 10 uri 3
            \t\tgroup 224.0.0.1 mode exclude
            \t\t\tmcast-macaddr 01:00:5e:00:00:01
            \t\tgroup 232.1.1.1 mode include
            """);
    assertThat(run("ifmcstat -v -i epair0a").out())
        .contains("\tlink 02:00:00:00:00:0a\n\t\tgroup 01:00:5e:00:00:01\n")
        .contains("mode include srcs 192.0.2.7,192.0.2.8\n");
    assertThat(run("ifmcstat -f link").out()).isEqualTo("epair0a:\n");
  }

  @Test
  void mistakes_have_freebsds_words_and_status() {
    assertThat(run("ifmcstat -i foo")).isEqualTo(new ToolRun(68, "", "foo: unknown interface\n"));
    assertThat(run("ifmcstat -f foo")).isEqualTo(new ToolRun(64, "", "foo: unknown address family\n"));
    assertThat(run("ifmcstat -f link -v").status()).isEqualTo(64);
  }
}
