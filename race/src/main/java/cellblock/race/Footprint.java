package cellblock.race;

import cellblock.kern.lane.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who touched what in a run: for every place (an object, and a field of it or a key) the step that
 * wrote it last, and those that have read it since. Two steps are dependent where they touch the
 * same place and one writes it. Threading: the one thread of the run.
 */
final class Footprint {
  private static final String INBOX = "inbox";
  private static final int NONE = -1;
  private static final int FIRST = 1 << 13;
  private static final int[] NOBODY = {};

  private @Nullable Object[] objects = new Object[FIRST];
  private Object[] parts = new Object[FIRST];
  private int[] writer = new int[FIRST];
  private int[][] readers = new int[FIRST][];
  private int[] reading = new int[FIRST];
  private int used;
  private int step = NONE;
  private boolean open;
  private BitSet met = new BitSet();
  private final List<Lane> lanes = new ArrayList<>();

  /** What is touched from here on belongs to step {@code n}. */
  void begin(int n) {
    step = n;
  }

  /** Whether what is touched counts. */
  void open(boolean counts) {
    open = counts;
  }

  /** The step has ended; the steps before it on which it depends. */
  BitSet ended() {
    for (Lane lane : lanes) {
      boolean busy = lane.busy();
      open = true;
      if (busy) {
        write(lane, INBOX);
      } else {
        read(lane, INBOX);
      }
      open = false;
    }
    lanes.clear();
    BitSet result = met;
    met = new BitSet();
    return result;
  }

  /**
   * An inbox is touched. A step that finds it empty and leaves it empty has only looked, whatever
   * it did with it meanwhile: turns of one lane are as dependent as what they do.
   */
  void inbox(Lane lane) {
    if (open && !lanes.contains(lane)) {
      open = false;
      boolean busy = lane.busy();
      open = true;
      if (busy) {
        write(lane, INBOX);
      }
      lanes.add(lane);
    }
  }

  void read(Object object, Object part) {
    if (!open) {
      return;
    }
    int at = place(object, part);
    if (writer[at] != step) {
      meets(writer[at]);
      int n = reading[at];
      if (n == 0 || readers[at][n - 1] != step) {
        if (n == readers[at].length) {
          readers[at] = Arrays.copyOf(readers[at], n * 2 + 2);
        }
        readers[at][n] = step;
        reading[at] = n + 1;
      }
    }
  }

  void write(Object object, Object part) {
    if (!open) {
      return;
    }
    int at = place(object, part);
    meets(writer[at]);
    for (int i = 0; i < reading[at]; i++) {
      meets(readers[at][i]);
    }
    reading[at] = 0;
    writer[at] = step;
  }

  private void meets(int other) {
    if (other != NONE && other != step) {
      met.set(other);
    }
  }

  private int place(Object object, Object part) {
    int mask = objects.length - 1;
    int at = hash(object, part) & mask;
    for (Object o = objects[at]; o != null; o = objects[at]) {
      if (o == object && parts[at].equals(part)) {
        return at;
      }
      at = at + 1 & mask;
    }
    if (used * 2 > mask) {
      grow();
      return place(object, part);
    }
    used++;
    objects[at] = object;
    parts[at] = part;
    writer[at] = NONE;
    readers[at] = NOBODY;
    reading[at] = 0;
    return at;
  }

  private static int hash(Object object, Object part) {
    int h = System.identityHashCode(object) * 31 + part.hashCode();
    return h ^ h >>> 15;
  }

  private void grow() {
    Footprint old = new Footprint(this);
    int size = objects.length * 2;
    objects = new Object[size];
    parts = new Object[size];
    writer = new int[size];
    readers = new int[size][];
    reading = new int[size];
    used = 0;
    for (int i = 0; i < old.objects.length; i++) {
      Object o = old.objects[i];
      if (o != null) {
        int at = place(o, old.parts[i]);
        writer[at] = old.writer[i];
        readers[at] = old.readers[i];
        reading[at] = old.reading[i];
      }
    }
  }

  Footprint() {}

  private Footprint(Footprint of) {
    objects = of.objects;
    parts = of.parts;
    writer = of.writer;
    readers = of.readers;
    reading = of.reading;
  }
}
