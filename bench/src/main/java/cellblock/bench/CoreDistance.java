package cellblock.bench;

import java.util.Arrays;

/**
 * How far the other CPU is: without it figures of two threads that share data cannot be compared. A
 * virtual machine's CPUs may be neighbours now and on different sockets a minute later, which is a
 * factor of three in the time that a line of the cache takes, and of four in what a thread writes
 * to memory that another one has read.
 */
final class CoreDistance {
  private static final int ROUNDS = 100_000;
  private static final int SIZE = 1 << 18;

  private volatile int word;

  /** Tells both. */
  void report(Report report, int runs) throws Exception {
    double[] line = new double[runs];
    double[] write = new double[runs];
    for (int i = 0; i < runs; i++) {
      line[i] = line();
      write[i] = write();
    }
    report.row("a line of the cache to the other CPU and back", "ns", line);
    report.row("writing what the other CPU has read", "GB/s", write);
  }

  private double line() throws InterruptedException {
    return turns(ROUNDS, () -> {}, () -> {}) / ROUNDS;
  }

  private double write() throws InterruptedException {
    byte[] shared = new byte[SIZE];
    byte[] mine = new byte[SIZE];
    byte[] others = new byte[SIZE];
    long[] writing = new long[1];
    Arrays.fill(mine, (byte) 1);
    Runnable writer =
        () -> {
          long start = System.nanoTime();
          System.arraycopy(mine, 0, shared, 0, SIZE);
          writing[0] += System.nanoTime() - start;
        };
    int rounds = 300;
    turns(rounds, writer, () -> System.arraycopy(shared, 0, others, 0, SIZE));
    return (double) rounds * SIZE / writing[0];
  }

  /** Two threads take turns; nanoseconds of all. */
  private double turns(int rounds, Runnable ours, Runnable theirs) throws InterruptedException {
    word = 0;
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < rounds; i++) {
                await(2 * i + 1);
                theirs.run();
                word = 2 * i + 2;
              }
            });
    long start = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      ours.run();
      word = 2 * i + 1;
      await(2 * i + 2);
    }
    double took = System.nanoTime() - start;
    other.join();
    return took;
  }

  private void await(int value) {
    while (word != value) {
      Thread.onSpinWait();
    }
  }
}
