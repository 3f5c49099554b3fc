package cellblock.control;

import org.jspecify.annotations.Nullable;

/**
 * One thing that {@link KernelPort#poll} waits for: a socket that can be read, standard input with
 * a byte in it. Threading: any; one thread watches at a time.
 */
public interface Pollable {
  /** What never makes a reader wait. */
  Pollable ALWAYS =
      new Pollable() {
        @Override
        public boolean ready() {
          return true;
        }

        @Override
        public void watch(@Nullable Thread thread) {
          // It is ready already.
        }
      };

  /** Whether the operation would not wait now. Cheap, and without side effects. */
  boolean ready();

  /** Who is unparked when this may have become ready; null = nobody any more. May ask for data. */
  void watch(@Nullable Thread thread);
}
