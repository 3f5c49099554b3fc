package cellblock.race;

import cellblock.kern.lane.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who touched what in a run: for every place (an object, and a field of it or a key) the last blocks that read and
 * wrote it. Two blocks are dependent where they touch the same place and one writes it. Threading:
 * the one thread of the run.
 */
final class Footprint {
  static final int NONE = -1;
  private static final String INBOX = "inbox";

  private @Nullable Object[] objects = new Object[1 << 12];
  private Object[] fields = new Object[1 << 12];

  /** For every place: last write, the write of an earlier block, last read, the read before. */
  private int[] last = new int[4 << 12];

  private int used;
  private int block = NONE;
  private int latest = NONE;
  private boolean open;
  private final List<Lane> lanes = new ArrayList<>();
  private String cause = "";

  /** What is touched from here on belongs to block {@code n}, a later one than before. */
  void begin(int n) {
    block = n;
    latest = NONE;
    cause = "";
  }

  /** Whether what is touched counts. */
  void open(boolean counts) {
    open = counts;
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

  /** A step has ended. */
  void ended() {
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
  }

  /** The last block before this one on which this one depends, or {@link #NONE}. */
  int latest() {
    return latest;
  }

  /** The field by which it does, for people. */
  String cause() {
    return cause;
  }

  void read(Object object, Object field) {
    if (open) {
      int at = place(object, field) * 4;
      depends(last[at] == block ? last[at + 1] : last[at], object, field);
      if (last[at + 2] != block) {
        last[at + 3] = last[at + 2];
        last[at + 2] = block;
      }
    }
  }

  void write(Object object, Object field) {
    if (open) {
      int at = place(object, field) * 4;
      depends(last[at] == block ? last[at + 1] : last[at], object, field);
      depends(last[at + 2] == block ? last[at + 3] : last[at + 2], object, field);
      if (last[at] != block) {
        last[at + 1] = last[at];
        last[at] = block;
      }
    }
  }

  private void depends(int on, Object object, Object field) {
    if (on > latest) {
      latest = on;
      cause = object.getClass().getName() + "." + field;
    }
  }

  private int place(Object object, Object field) {
    int mask = objects.length - 1;
    int at = hash(object, field) & mask;
    for (Object o = objects[at]; o != null; o = objects[at]) {
      if (o == object && fields[at].equals(field)) {
        return at;
      }
      at = at + 1 & mask;
    }
    if (used * 2 > mask) {
      grow();
      return place(object, field);
    }
    used++;
    objects[at] = object;
    fields[at] = field;
    Arrays.fill(last, at * 4, at * 4 + 4, NONE);
    return at;
  }

  private static int hash(Object object, Object field) {
    int h = System.identityHashCode(object) * 31 + field.hashCode();
    return h ^ h >>> 15;
  }

  private void grow() {
    @Nullable Object[] oldObjects = objects;
    Object[] oldFields = fields;
    int[] old = last;
    objects = new Object[oldObjects.length * 2];
    fields = new Object[oldObjects.length * 2];
    last = new int[oldObjects.length * 8];
    used = 0;
    for (int i = 0; i < oldObjects.length; i++) {
      Object o = oldObjects[i];
      if (o != null) {
        System.arraycopy(old, i * 4, last, place(o, oldFields[i]) * 4, 4);
      }
    }
  }
}
