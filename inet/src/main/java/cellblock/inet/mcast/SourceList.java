package cellblock.inet.mcast;

import cellblock.wire.IpAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Senders of one family, ascending by unsigned value, each once. Immutable. */
public final class SourceList {
  /** Nobody. */
  public static final SourceList NONE = new SourceList(new IpAddress[0]);

  private final IpAddress[] list;

  private SourceList(IpAddress[] list) {
    this.list = list;
  }

  /** These, whatever their order; zones are left out, as they never travel. */
  public static SourceList of(Collection<? extends IpAddress> sources) {
    TreeSet<IpAddress> sorted = new TreeSet<>();
    for (IpAddress s : sources) {
      sorted.add(IpAddress.ofKey(s.family(), s.hi(), s.lo()));
    }
    return sorted.isEmpty() ? NONE : new SourceList(sorted.toArray(IpAddress[]::new));
  }

  public int size() {
    return list.length;
  }

  public boolean isEmpty() {
    return list.length == 0;
  }

  public IpAddress get(int index) {
    return list[index];
  }

  /** All of them. */
  public List<IpAddress> all() {
    return List.of(list);
  }

  /** Whether the sender with this left-aligned key is here. Allocates nothing. */
  public boolean has(long hi, long lo) {
    for (IpAddress s : list) {
      if (s.lo() == lo && s.hi() == hi) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code source} is here, whatever its zone. */
  public boolean has(IpAddress source) {
    return has(source.hi(), source.lo());
  }

  /** These and one more. */
  public SourceList with(IpAddress source) {
    return plus(of(List.of(source)));
  }

  /** These but one. */
  public SourceList without(IpAddress source) {
    return filtered(s -> s.lo() != source.lo() || s.hi() != source.hi());
  }

  /** Those that are here or there. */
  public SourceList plus(SourceList other) {
    if (other.isEmpty()) {
      return this;
    }
    TreeSet<IpAddress> both = new TreeSet<>(List.of(list));
    both.addAll(List.of(other.list));
    return new SourceList(both.toArray(IpAddress[]::new));
  }

  /** Those that are here and there. */
  public SourceList both(SourceList other) {
    return filtered(other::has);
  }

  /** Those that are here and not there. */
  public SourceList minus(SourceList other) {
    return filtered(s -> !other.has(s));
  }

  private SourceList filtered(Predicate<IpAddress> which) {
    IpAddress[] kept = Arrays.stream(list).filter(which).toArray(IpAddress[]::new);
    return kept.length == 0 ? NONE : kept.length == list.length ? this : new SourceList(kept);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SourceList that && Arrays.equals(list, that.list);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(list);
  }

  @Override
  public String toString() {
    return Arrays.toString(list);
  }
}
