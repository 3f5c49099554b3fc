package cellblock.userland.jail.conf;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A string as written: pieces in order (struct cfstring of jailp.h). */
public record ConfString(List<Piece> pieces) {
  public ConfString {
    pieces = List.copyOf(pieces);
  }

  /** A string without variables. */
  public static ConfString of(String text) {
    return new ConfString(List.of(new Piece.Text(text)));
  }

  /** The whole text, or null when a variable is in it. */
  public @Nullable String plain() {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Text part -> text.append(part.text());
        case Piece.Variable variable -> {
          return null;
        }
      }
    }
    return text.toString();
  }

  /** The variable's name when the string is one variable and nothing else, else null. */
  public @Nullable String onlyVariable() {
    return pieces.size() == 1 && pieces.getFirst() instanceof Piece.Variable(String name)
        ? name
        : null;
  }
}
