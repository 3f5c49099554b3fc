package cellblock.it.law;

import java.io.IOException;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodTypeEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which package names which: lines of {@code from -> to} over the packages of the project. A class
 * names a type by using, extending, declaring or catching it, or as an argument of a generic type.
 */
final class PackageEdges {
  private static final Pattern OURS = Pattern.compile("\\b(cellblock(?:/[a-z0-9_]+)*)/[A-Z]");
  private static final String ARROW = " -> ";

  /** The edges of these classes, in order. */
  static TreeSet<String> of(Collection<ClassModel> classes) {
    TreeSet<String> edges = new TreeSet<>();
    for (ClassModel type : classes) {
      String from = type.thisClass().asSymbol().packageName();
      for (String to : packagesNamedBy(type)) {
        if (!to.equals(from)) {
          edges.add(from + ARROW + to);
        }
      }
    }
    return edges;
  }

  private static Set<String> packagesNamedBy(ClassModel type) {
    List<String> texts = new ArrayList<>();
    for (PoolEntry entry : type.constantPool()) {
      switch (entry) {
        case ClassEntry named -> texts.add(named.asInternalName());
        case NameAndTypeEntry member -> texts.add(member.type().stringValue());
        case MethodTypeEntry method -> texts.add(method.descriptor().stringValue());
        default -> {}
      }
    }
    addGeneric(type, texts);
    type.fields()
        .forEach(f -> {
          texts.add(f.fieldType().stringValue());
          addGeneric(f, texts);
        });
    type.methods()
        .forEach(m -> {
          texts.add(m.methodType().stringValue());
          addGeneric(m, texts);
        });
    Set<String> packages = new TreeSet<>();
    for (String text : texts) {
      Matcher ours = OURS.matcher(text);
      while (ours.find()) {
        packages.add(ours.group(1).replace('/', '.'));
      }
    }
    return packages;
  }

  private static void addGeneric(AttributedElement element, List<String> texts) {
    element
        .findAttribute(Attributes.signature())
        .ifPresent(s -> texts.add(s.signature().stringValue()));
    element
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .ifPresent(all -> all.annotations().forEach(a -> texts.add(a.className().stringValue())));
  }

  /** The edges that a file lists; lines that start with # are remarks. */
  static TreeSet<String> read(Path file) throws IOException {
    TreeSet<String> edges = new TreeSet<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        if (!line.contains(ARROW)) {
          throw new IllegalArgumentException(file.getFileName() + ": not 'from -> to': " + line);
        }
        edges.add(line.strip());
      }
    }
    return edges;
  }

  /** Replaces the edges of a file and keeps the remarks at its head. */
  static void write(Path file, Set<String> edges) throws IOException {
    List<String> head =
        Files.readAllLines(file).stream().takeWhile(l -> l.startsWith("#") || l.isBlank()).toList();
    Files.write(file, Stream.concat(head.stream(), edges.stream()).toList());
  }

  private PackageEdges() {}
}
