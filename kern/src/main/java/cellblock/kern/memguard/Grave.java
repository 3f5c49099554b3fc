package cellblock.kern.memguard;

/**
 * What an object that was freed keeps in place of its life.
 *
 * @param object its name, as people know it
 * @param freed where it was freed
 */
public record Grave(String object, Site freed) {
  @Override
  public String toString() {
    return object + ", freed by " + freed;
  }
}
