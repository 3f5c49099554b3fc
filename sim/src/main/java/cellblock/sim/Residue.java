package cellblock.sim;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.lane.Lane;
import cellblock.kern.vnet.Vnet;
import java.util.ArrayList;
import java.util.List;

/**
 * What a test has left behind: vnets besides vnet0, lanes without a vnet, faults, mbufs that nobody
 * gave back, deferred actions. Threading: outside every lane.
 */
public final class Residue {
  private Residue() {}

  /** Every line is something that should not be there; an empty list is a clean machine. */
  public static List<String> of(Machine machine) {
    List<String> found = new ArrayList<>();
    List<Vnet> vnets = machine.vnets().list();
    for (Vnet v : vnets) {
      if (!v.isDefault()) {
        found.add("vnet " + v + " is still there: " + v.state());
      }
      Throwable fault = v.lane().fault();
      if (fault != null) {
        found.add("fault in " + v + ": " + fault);
      }
      long mbufs = outstanding(v);
      if (mbufs != 0) {
        found.add(mbufs + " mbufs of " + v + " are still held");
      }
    }
    Throwable fault = machine.kernelLane().fault();
    if (fault != null) {
      found.add("fault in the kernel lane: " + fault);
    }
    for (Lane lane : machine.lanes().snapshot()) {
      if (lane != machine.kernelLane() && vnets.stream().noneMatch(v -> v.lane() == lane)) {
        found.add("lane " + lane + " is open without a vnet");
      }
    }
    if (machine.epoch().outstanding() != 0) {
      found.add(machine.epoch().outstanding() + " deferred actions have not run");
    }
    return found;
  }

  private static long outstanding(Vnet v) {
    try {
      return v.call(() -> v.mbufs().outstanding());
    } catch (ErrnoException e) {
      throw new IllegalStateException(e);
    }
  }
}
