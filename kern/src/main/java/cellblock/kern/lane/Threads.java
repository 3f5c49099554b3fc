package cellblock.kern.lane;

/**
 * How the thread of a program comes to be: a virtual thread of its own in real time, one that the
 * stepper resumes in its turn in virtual time (ancestor: kthread_add of kern/kern_kthread.c).
 * Threading: any thread; inside a turn, too.
 */
@FunctionalInterface
public interface Threads {
  /**
   * Starts a thread.
   *
   * @param name for people, and for the trace of a simulated run
   */
  Thread start(String name, Runnable body);
}
