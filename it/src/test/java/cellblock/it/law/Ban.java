package cellblock.it.law;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the stack may not do. Calls are written as {@code owner.name}, or {@code
 * owner.name(arguments)} with descriptors to mean one overload, or {@code owner.*}; a method
 * reference counts as a call.
 */
enum Ban {
  /** Time arrives by constructor; a turn reads its clock once. */
  WALL_CLOCK(
      "wall-clock",
      "java/lang/System.nanoTime",
      "java/lang/System.currentTimeMillis",
      "java/time/Instant.now",
      "java/time/LocalDate.now",
      "java/time/LocalTime.now",
      "java/time/LocalDateTime.now",
      "java/time/OffsetDateTime.now",
      "java/time/ZonedDateTime.now",
      "java/time/Clock.*",
      "java/util/Date.<init>()"),

  /** Waiting is a callout, or a step of a saga. */
  SLEEP("sleep", "java/lang/Thread.sleep", "java/util/concurrent/TimeUnit.sleep"),

  /** Randomness arrives by constructor, so that a seed repeats a run. */
  RANDOM(
      "random",
      "java/lang/Math.random",
      "java/util/Random.<init>",
      "java/util/SplittableRandom.<init>()",
      "java/util/UUID.randomUUID",
      "java/util/Collections.shuffle(Ljava/util/List;)",
      "java/util/concurrent/ThreadLocalRandom.current",
      "java/util/random/RandomGenerator.getDefault",
      "java/util/random/RandomGenerator.of",
      "java/security/SecureRandom.*"),

  /** Nothing is ambient but curvnet. */
  THREAD_LOCAL(
      "thread-local",
      "java/lang/ThreadLocal.<init>",
      "java/lang/ThreadLocal.withInitial",
      "java/lang/InheritableThreadLocal.<init>"),

  /**
   * One writer: a lane is the only lock; also monitors hand threads over behind the simulator's
   * back.
   */
  MONITOR(
      "monitor", "java/lang/Object.wait", "java/lang/Object.notify", "java/lang/Object.notifyAll"),

  /** A static that can change is state that no kernel owns. Found by {@link Statics}. */
  MUTABLE_STATIC("mutable-static"),

  /** Lanes are served by whoever composed the kernel. */
  NEW_THREAD(
      "new-thread",
      "java/lang/Thread.<init>",
      "java/lang/Thread.ofVirtual",
      "java/lang/Thread.ofPlatform",
      "java/lang/Thread.startVirtualThread",
      "java/util/concurrent/Executors.*",
      "java/util/concurrent/ForkJoinPool.*",
      "java/util/concurrent/CompletableFuture.runAsync",
      "java/util/concurrent/CompletableFuture.supplyAsync",
      "java/util/Timer.<init>"),

  /** Waiting for a grace period, or asking after one, is for the coordinator alone. */
  BARRIER("barrier", "cellblock/kern/epoch/Epoch.barrier", "cellblock/kern/epoch/Epoch.ticket"),

  /**
   * Order that depends on hashes or on the JVM's salt: take LinkedHashMap, TreeMap, an array or a
   * list.
   */
  UNORDERED(
      "unordered",
      "java/util/HashMap.<init>",
      "java/util/HashMap.newHashMap",
      "java/util/HashSet.<init>",
      "java/util/HashSet.newHashSet",
      "java/util/Hashtable.<init>",
      "java/util/IdentityHashMap.<init>",
      "java/util/WeakHashMap.<init>",
      "java/util/concurrent/ConcurrentHashMap.<init>",
      "java/util/concurrent/ConcurrentHashMap.newKeySet",
      "java/util/Map.copyOf",
      "java/util/Map.ofEntries",
      "java/util/Set.copyOf",
      "java/util/stream/Collectors.toSet",
      "java/util/stream/Collectors.toUnmodifiableSet",
      "java/util/stream/Collectors.toUnmodifiableMap",
      "java/util/stream/Collectors.toMap(Ljava/util/function/Function;Ljava/util/function/Function;)",
      "java/util/stream/Collectors.groupingBy(Ljava/util/function/Function;)"),

  /** Nothing reaches the host unless asked: native access is for few. */
  NATIVE("native", "java/lang/foreign/Linker.nativeLinker", "java/lang/System.loadLibrary");

  /** The name of the ban in allowances.txt. */
  final String label;

  private final Set<String> calls;

  Ban(String label, String... calls) {
    this.label = label;
    this.calls = new TreeSet<>(List.of(calls));
  }

  /** The ban on calling this method, if there is one; the arguments are in descriptor form. */
  static Optional<Ban> onCall(String owner, String name, String descriptor) {
    String method = owner + "." + name;
    String overload = method + descriptor.substring(0, descriptor.indexOf(')') + 1);
    for (Ban ban : values()) {
      if (ban.calls.contains(method)
          || ban.calls.contains(overload)
          || ban.calls.contains(owner + ".*")) {
        return Optional.of(ban);
      }
    }
    return isSalted(owner, overload) ? Optional.of(UNORDERED) : Optional.empty();
  }

  /**
   * Map.of and Set.of of more than one element iterate in an order that differs from run to run.
   */
  private static boolean isSalted(String owner, String overload) {
    String object = "Ljava/lang/Object;";
    return switch (owner) {
      case "java/util/Set" ->
          overload.startsWith("java/util/Set.of(" + object + object)
              || overload.startsWith("java/util/Set.of([");
      case "java/util/Map" -> overload.startsWith("java/util/Map.of(" + object + object + object);
      default -> false;
    };
  }

  static Ban labelled(String label) {
    for (Ban ban : values()) {
      if (ban.label.equals(label)) {
        return ban;
      }
    }
    throw new IllegalArgumentException("no ban is called " + label);
  }
}
