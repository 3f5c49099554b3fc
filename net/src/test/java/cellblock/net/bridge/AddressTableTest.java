package cellblock.net.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.net.bridge.AddressTable.Entry;
import cellblock.net.ifnet.IfHandle;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bridge's address table against a map that does the same, slowly. */
class AddressTableTest {
  private static final long SECOND = 1_000_000_000L;

  /** What the map knows of an address. */
  private record Known(BridgePort port, long expires, int flags) {}

  private final AddressTable table = new AddressTable();
  private final TreeMap<Long, Known> model = new TreeMap<>();
  private final BridgePort[] ports = {port(), port(), port()};
  private long now;

  private static BridgePort port() {
    return new BridgePort(new Bridge(0, 1), new IfHandle(1, 1, 1), 0, BridgePort.LEARNING);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void it_does_what_a_map_does(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    table.max = 40;
    table.timeout = 60;
    ports[2].maxAddresses = 5;
    ports[1].flags |= seed % 2 == 0 ? BridgePort.STICKY : 0;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextLong(2 * SECOND);
      BridgePort port = ports[random.nextInt(3)];
      long key = AddressTable.key(random.nextInt(3), random.nextInt(1, 40));
      switch (random.nextInt(40)) {
        case 0 -> {
          table.age(now);
          model.values().removeIf(k -> k.flags == AddressTable.DYNAMIC && k.expires <= now);
        }
        case 1 -> fix(key, port);
        case 2 -> assertThat(table.remove(e -> e.key == key)).isEqualTo(model.remove(key) != null);
        case 3 -> {
          table.remove(e -> e.port == port);
          model.values().removeIf(k -> k.port == port);
        }
        case 4 -> table.trim(now); // never above its bound: nothing to do
        default -> learn(key, port);
      }
      compare(seed, i);
    }
  }

  private boolean room(BridgePort port) {
    return model.size() < table.max
        && (port.maxAddresses == 0 || port.addresses < port.maxAddresses);
  }

  private void learn(long key, BridgePort port) {
    Known k = model.get(key);
    boolean fits = k != null || room(port);
    assertThat(table.learn(key, port, now)).isEqualTo(fits);
    if (fits) {
      int fresh = port.has(BridgePort.STICKY) ? AddressTable.STICKY : AddressTable.DYNAMIC;
      BridgePort at = k == null || k.flags == AddressTable.DYNAMIC ? port : k.port;
      model.put(key, new Known(at, now + 60 * SECOND, k == null ? fresh : k.flags));
    }
  }

  private void fix(long key, BridgePort port) {
    Known k = model.get(key);
    boolean fits = k != null || room(port);
    assertThat(table.fix(key, port)).isEqualTo(fits);
    if (fits) {
      BridgePort at = k == null || k.flags == AddressTable.DYNAMIC ? port : k.port;
      model.put(key, new Known(at, k == null ? 0 : k.expires, AddressTable.STATIC));
    }
  }

  private void compare(long seed, int step) {
    assertThat(table.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
    int[] behind = new int[ports.length];
    for (Map.Entry<Long, Known> m : model.entrySet()) {
      Entry e = found(m.getKey());
      assertThat(e.port).as("seed %d step %d", seed, step).isSameAs(m.getValue().port);
      assertThat(e.flags).as("seed %d step %d", seed, step).isEqualTo(m.getValue().flags);
      for (int p = 0; p < ports.length; p++) {
        behind[p] += ports[p] == e.port ? 1 : 0;
      }
    }
    for (int p = 0; p < ports.length; p++) {
      assertThat(ports[p].addresses).as("seed %d step %d", seed, step).isEqualTo(behind[p]);
    }
  }

  private Entry found(long key) {
    Entry e = table.find(key);
    if (e == null) {
      throw new AssertionError("no " + Long.toHexString(key));
    }
    return e;
  }
}
