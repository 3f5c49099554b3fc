package cellblock.net.ifnet;

/**
 * Something that attached, and how to detach it. Once, in a turn of the lane that it was made in.
 */
@FunctionalInterface
public interface IfRegistration {
  void close();
}
