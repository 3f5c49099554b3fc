package cellblock.userland.jail.conf;

import java.io.IOException;
import java.util.List;

/** Where configuration text comes from: files in real life, a map in a test. */
public interface Sources {
  /** The text of a file. */
  String read(String file) throws IOException;

  /**
   * The files that a pattern of {@code .include} names, sorted; a relative one is looked for beside
   * {@code including}. A pattern without a wildcard names its file, whether it is there or not.
   */
  List<String> expand(String including, String pattern) throws IOException;
}
