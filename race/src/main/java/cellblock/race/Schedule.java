package cellblock.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which way a run takes where it could go several: for each decision the place of what was picked,
 * 0 being what a run does that nobody disturbs. Written as the decisions that are not 0: "5=1,9=2";
 * "-" when there is none.
 */
public record Schedule(List<Integer> picks) {
  private static final Pattern PART = Pattern.compile("(\\d{1,6})=(\\d{1,6})");

  public Schedule {
    picks = List.copyOf(picks);
  }

  /** The undisturbed run. */
  public static Schedule undisturbed() {
    return new Schedule(List.of());
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static Schedule parse(String text) {
    if (text.equals("-") || text.isEmpty()) {
      return undisturbed();
    }
    Map<Integer, Integer> at = new TreeMap<>();
    for (String part : text.split(",")) {
      Matcher m = PART.matcher(part);
      if (!m.matches()) {
        throw new IllegalArgumentException("race: not a schedule: " + text);
      }
      at.put(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
    }
    List<Integer> picks = new ArrayList<>();
    at.forEach((place, pick) -> {
      while (picks.size() < place) {
        picks.add(0);
      }
      picks.add(pick);
    });
    return new Schedule(picks);
  }

  int pick(int decision) {
    return decision < picks.size() ? picks.get(decision) : 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < picks.size(); i++) {
      if (picks.get(i) != 0) {
        text.append(text.isEmpty() ? "" : ",").append(i).append('=').append(picks.get(i));
      }
    }
    return text.isEmpty() ? "-" : text.toString();
  }
}
