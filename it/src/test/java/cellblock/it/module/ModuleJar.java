package cellblock.it.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles sources as a module's author does, and packs them into a jar. */
final class ModuleJar {
  static final String SERVICE = "META-INF/services/cellblock.kern.module.KernelModule";

  private ModuleJar() {}

  /** A source that lies beside the tests. */
  static String source(String name) {
    try (InputStream in = ModuleJar.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Builds a jar.
   *
   * @param dir where it is written
   * @param name its file name
   * @param source one compilation unit
   * @param type the name of its public class, with the package
   * @param providers the lines of the services file
   */
  static Path build(Path dir, String name, String source, String type, String... providers)
      throws IOException {
    Path work = Files.createTempDirectory(dir, "module");
    Path file = work.resolve(type.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    Path classes = Files.createDirectory(work.resolve("classes"));
    compile(file, classes);
    Path jar = dir.resolve(name);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (Path compiled : files(classes)) {
        entries.putNextEntry(new JarEntry(classes.relativize(compiled).toString()));
        entries.write(Files.readAllBytes(compiled));
      }
      entries.putNextEntry(new JarEntry(SERVICE));
      entries.write(String.join("\n", providers).getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  private static void compile(Path file, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler).as("a JDK, not a JRE").isNotNull();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of("-proc:none", "-cp", System.getProperty("java.class.path")),
                  null,
                  files.getJavaFileObjects(file))
              .call();
      assertThat(compiled).as(complaints.toString()).isTrue();
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
