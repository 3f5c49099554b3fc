package cellblock.race;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All scenarios, by name. */
public final class Scenarios {
  private Scenarios() {}

  /** Every one, in order of its number. */
  public static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>(SeedScenarios.all());
    all.addAll(InterfaceScenarios.all());
    all.addAll(DriverScenarios.all());
    all.addAll(JailScenarios.all());
    all.addAll(ModuleScenarios.all());
    all.addAll(ReaderScenarios.all());
    all.addAll(DeviceScenarios.all());
    all.sort((a, b) -> Integer.compare(number(a), number(b)));
    return all;
  }

  private static int number(Scenario s) {
    String digits = s.name().replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** The one of that name, whatever its case; or null. */
  public static @Nullable Scenario named(String name) {
    for (Scenario s : all()) {
      if (s.name().equalsIgnoreCase(name)) {
        return s;
      }
    }
    return null;
  }
}
