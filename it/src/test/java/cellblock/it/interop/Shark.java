package cellblock.it.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What tshark finds in a capture, with every checksum looked at. */
final class Shark {
  /** What no frame may be. */
  private static final String WRONG =
      "_ws.malformed || ip.checksum.status == Bad || tcp.checksum.status == Bad"
          + " || udp.checksum.status == Bad || icmp.checksum.status == Bad"
          + " || icmpv6.checksum.status == Bad || gre.checksum.status == Bad";

  private Shark() {}

  /** The frames that {@code filter} lets through, a line each. */
  static List<String> frames(Path capture, String filter) throws Exception {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", capture.toString()));
    for (String protocol : List.of("ip", "tcp", "udp")) {
      command.add("-o");
      command.add(protocol + ".check_checksum:TRUE");
    }
    command.add("-o");
    command.add("tcp.desegment_tcp_streams:FALSE"); // a retransmission is nothing malformed
    command.add("-Y");
    command.add(filter);
    Host.Result r = Host.run(command);
    assertThat(r.status()).as("tshark %s: %s", capture, r.out()).isZero();
    return r.out().lines().filter(l -> !l.startsWith("Running as user") && !l.isBlank()).toList();
  }

  /** That a capture has at least so many frames, and not one that is wrong. */
  static void finds(Path capture, int least) throws Exception {
    assertThat(frames(capture, "frame")).as("frames of %s", capture).hasSizeGreaterThan(least);
    assertThat(wrong(capture)).as("frames of %s that are wrong", capture).isEmpty();
  }

  static List<String> wrong(Path capture) throws Exception {
    return frames(capture, WRONG);
  }
}
