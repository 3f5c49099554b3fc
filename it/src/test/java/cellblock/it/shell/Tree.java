package cellblock.it.shell;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.control.session.Frame;
import cellblock.daemon.KernelDoor;
import cellblock.host.Kernel;
import cellblock.inet.Inet;
import cellblock.kern.Machine;
import cellblock.net.ifnet.Ifnet;
import cellblock.sim.Sim;
import cellblock.tap.HostModule;
import cellblock.tunnel.Tunnels;
import cellblock.userland.Tools;
import cellblock.wire.Checksum;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * {@code ./cellblock} in a folder of its own, already built from this build's classes, without
 * start-up caches. Commands run with that folder's {@code work} as current one.
 */
final class Tree {
  private static final int PATIENCE_SECONDS =
      90 + Integer.getInteger("cellblock.shell.cycles", 3) * 10;

  private final Path root;
  private final Path work;

  /** How a script ended; both streams in {@code out}. */
  record Result(int status, String out) {}

  /** Builds the tree in {@code folder}, which must exist. */
  Tree(Path folder) throws Exception {
    root = Files.createDirectories(folder.resolve("tree"));
    work = Files.createDirectories(folder.resolve("work"));
    Path source = Path.of("..").toAbsolutePath().normalize();
    Files.copy(source.resolve("cellblock"), root.resolve("cellblock"));
    assertThat(root.resolve("cellblock").toFile().setExecutable(true)).isTrue();
    Files.createDirectories(root.resolve("etc"));
    for (String file : List.of("build", "java-options", "find-jdk")) {
      Files.copy(source.resolve("etc/" + file), root.resolve("etc/" + file));
    }
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Path lib = Files.createDirectories(root.resolve("build/lib"));
    for (Map.Entry<String, Class<?>> module : modules().entrySet()) {
      jar(lib.resolve("cellblock-" + module.getKey() + ".jar"), module.getValue());
    }
    Files.write(root.resolve("build/tools"), Tools.all().keySet());
    Files.writeString(root.resolve("build/jdk"), System.getProperty("java.home") + "\n");
    assertThat(run("../tree/cellblock", "shims", "../tree/build/bin").out()).isEmpty();
  }

  /** One class of each module. */
  private static Map<String, Class<?>> modules() throws ClassNotFoundException {
    Map<String, Class<?>> all = new LinkedHashMap<>();
    all.put("wire", Checksum.class);
    all.put("control", Frame.class);
    all.put("kern", Machine.class);
    all.put("net", Ifnet.class);
    all.put("inet", Inet.class);
    all.put("tunnel", Tunnels.class);
    all.put("tap", HostModule.class);
    all.put("sim", Sim.class);
    all.put("host", Kernel.class);
    all.put("userland", Tools.class);
    all.put("daemon", KernelDoor.class);
    all.put("sim", Sim.class);
    all.put("packetdrill", cellblock.packetdrill.Main.class);
    all.put("client", Class.forName("cellblock.client.Main"));
    return all;
  }

  private static void jar(Path jar, Class<?> one) throws Exception {
    Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isRegularFile(classes)) {
      Files.copy(classes, jar);
      return;
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
      }
    }
  }

  /** The folder that scripts run in. */
  Path work() {
    return work;
  }

  /** Runs {@code text} by {@code cellblock sh}, on a kernel of its own. */
  Result script(String text) throws IOException, InterruptedException {
    Files.writeString(work.resolve("script"), text);
    return run("../tree/cellblock", "sh", "script");
  }

  /** Runs {@code text} by {@code cellblock sim}, with that seed. */
  Result simulated(long seed, String text) throws IOException, InterruptedException {
    Files.writeString(work.resolve("script"), text);
    Result result =
        run(
            "../tree/cellblock",
            "sim",
            "--seed",
            Long.toString(seed),
            "--trace",
            "trace",
            "script");
    // That the host is slow is said by the host's clock.
    return new Result(
        result.status(), result.out().replaceAll("cellblock: sim: time stands still: .*\n", ""));
  }

  /** The same as on a host that does not show its processes. */
  Result simulatedBlindly(long seed, String text) throws IOException, InterruptedException {
    Files.writeString(work.resolve("script"), text);
    String options = "CELLBLOCK_JAVA_OPTIONS=-Dcellblock.sim.blind=true";
    String number = Long.toString(seed);
    return run("env", options, "../tree/cellblock", "sim", "--seed", number, "script");
  }

  private Result run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CELLBLOCK_"));
    builder.environment().put("TMPDIR", root.toString());
    Path out = Files.createTempFile(root, "out", "");
    builder.redirectErrorStream(true).redirectOutput(out.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running; so far: " + Files.readString(out));
    }
    return new Result(process.exitValue(), Files.readString(out));
  }
}
