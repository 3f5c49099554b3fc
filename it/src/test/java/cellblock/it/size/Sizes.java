package cellblock.it.size;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** How many lines each source file and each method has, from the compiler's own parser. */
record Sizes(List<Size> files, List<Size> methods) {
  /** Lines of one file (its path) or one method ({@code Type.method} and its path). */
  record Size(int lines, String what) {}

  private static final Comparator<Size> LONGEST_FIRST =
      Comparator.comparingInt(Size::lines).reversed().thenComparing(Size::what);

  /** Measures {@code sources}; paths in the result are relative to {@code root}. */
  static Sizes of(Path root, Collection<Path> sources) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    List<Size> files = new ArrayList<>();
    List<Size> methods = new ArrayList<>();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              javac.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(sources));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        String path = root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
        String text = unit.getSourceFile().getCharContent(true).toString();
        files.add(new Size((int) text.lines().count(), path));
        new Methods(unit, positions, path, methods).scan(unit, "");
      }
    }
    files.sort(LONGEST_FIRST);
    methods.sort(LONGEST_FIRST);
    return new Sizes(files, methods);
  }

  /** Walks one file; the parameter is the name of the enclosing type. */
  private static final class Methods extends TreeScanner<Void, String> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final String path;
    private final List<Size> found;

    Methods(CompilationUnitTree unit, SourcePositions positions, String path, List<Size> found) {
      this.unit = unit;
      this.positions = positions;
      this.path = path;
      this.found = found;
    }

    @Override
    public Void visitClass(ClassTree type, String outer) {
      String name =
          type.getSimpleName().isEmpty() ? "(anonymous)" : type.getSimpleName().toString();
      return super.visitClass(type, outer.isEmpty() ? name : outer + "." + name);
    }

    @Override
    public Void visitMethod(MethodTree method, String type) {
      LineMap lines = unit.getLineMap();
      long first = lines.getLineNumber(positions.getStartPosition(unit, method));
      long last = lines.getLineNumber(positions.getEndPosition(unit, method));
      String name = method.getName().contentEquals("<init>") ? "new" : method.getName().toString();
      found.add(new Size((int) (last - first + 1), type + "." + name + "  " + path));
      return super.visitMethod(method, type + "." + name);
    }
  }

  /** The share {@code percent} of {@code sizes} (longest first) is at most this long. */
  static int percentile(List<Size> sizes, int percent) {
    return sizes.isEmpty() ? 0 : sizes.get((sizes.size() - 1) * (100 - percent) / 100).lines();
  }

  /** The report as text: counts, median and p90, and the {@code n} longest of each kind. */
  String report(int n) {
    StringBuilder text = new StringBuilder();
    section(text, "files", files, n);
    section(text, "methods", methods, n);
    return text.toString();
  }

  private static void section(StringBuilder text, String kind, List<Size> sizes, int n) {
    text.append(
        "%d %s: %d lines, median %d, p90 %d; the longest:%n"
            .formatted(
                sizes.size(),
                kind,
                sizes.stream().mapToLong(Size::lines).sum(),
                percentile(sizes, 50),
                percentile(sizes, 90)));
    for (Size size : sizes.subList(0, Math.min(n, sizes.size()))) {
      text.append("%6d  %s%n".formatted(size.lines(), size.what()));
    }
  }
}
