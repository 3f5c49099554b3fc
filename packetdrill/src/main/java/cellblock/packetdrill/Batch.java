package cellblock.packetdrill;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Runs many scripts, some at a time; results come in the order of the files. */
final class Batch {
  private Batch() {}

  static void run(List<Path> files, Packetdrill runner, int jobs, Consumer<Result> to)
      throws InterruptedException {
    try (ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
      Deque<Future<Result>> under = new ArrayDeque<>();
      for (Path file : files) {
        under.add(workers.submit(() -> runner.run(file)));
        if (under.size() > 64) {
          take(under, to);
        }
      }
      while (!under.isEmpty()) {
        take(under, to);
      }
    }
  }

  private static void take(Deque<Future<Result>> under, Consumer<Result> to)
      throws InterruptedException {
    try {
      to.accept(under.remove().get());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
