package cellblock.it.law;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The class files of the project, as the build left them, by module. Sorted by name throughout. */
final class Built {
  /** The repository's root, seen from the folder in which surefire runs this module. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  /** What no packet reaches: these modules are no part of the product. */
  private static final List<String> UNPUBLISHED = List.of("it", "bench");

  /** Main classes of every published module, by the module's folder. */
  static SortedMap<String, List<ClassModel>> modules() throws IOException {
    SortedMap<String, List<ClassModel>> found = new TreeMap<>();
    for (Path module : sorted(Files.list(ROOT))) {
      String name = module.getFileName().toString();
      if (Files.exists(module.resolve("pom.xml")) && !UNPUBLISHED.contains(name)) {
        found.put(name, classesUnder(module.resolve("target/classes")));
      }
    }
    return found;
  }

  /** The fixtures of this module: classes that break a ban on purpose, and one that breaks none. */
  static List<ClassModel> fixtures() throws IOException {
    return classesUnder(ROOT.resolve("it/target/test-classes/cellblock/it/law/fixture"));
  }

  static String name(ClassModel type) {
    return type.thisClass().asInternalName().replace('/', '.');
  }

  private static List<ClassModel> classesUnder(Path folder) throws IOException {
    List<ClassModel> classes = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      for (Path file : sorted(Files.walk(folder))) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          classes.add(ClassFile.of().parse(file));
        }
      }
    }
    return classes;
  }

  private static List<Path> sorted(Stream<Path> paths) {
    try (paths) {
      return paths.sorted().toList();
    }
  }

  private Built() {}
}
