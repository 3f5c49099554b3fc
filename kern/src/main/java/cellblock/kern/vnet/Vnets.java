package cellblock.kern.vnet;

import cellblock.kern.Machine;
import cellblock.kern.lane.Event;
import cellblock.kern.plan.Guard;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * All vnets of a machine, the variables' slots and the stages (ancestor: net/vnet.c). A new vnet
 * enters the list while it is still being built, so that a module loaded meanwhile reaches it.
 *
 * <p>Threading: changed in turns of the kernel lane; {@link #list} is a snapshot for anyone.
 */
public final class Vnets {
  private final Machine machine;
  private final Slots slots = new Slots();
  private final VnetStages stages = new VnetStages();
  private final Set<String> recursions = new LinkedHashSet<>();
  private final Map<String, List<VnetVariable<?>>> linked = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Integer, Vnet> all = new ConcurrentSkipListMap<>();
  private volatile @Nullable Vnet vnet0;
  private int nextId;

  public Vnets(Machine machine) {
    this.machine = machine;
  }

  /** Every vnet from its first constructor to its burial, oldest first: VNET_FOREACH. A copy. */
  public List<Vnet> list() {
    return List.copyOf(all.values());
  }

  /** The host's own vnet. */
  public Vnet vnet0() {
    Vnet first = vnet0;
    if (first == null) {
      throw new IllegalStateException("no vnet yet");
    }
    return first;
  }

  Slots slots() {
    return slots;
  }

  VnetStages stages() {
    return stages;
  }

  /** A vnet with its variables at their initial values, in the list, still to be built. */
  Vnet allocate(String name) {
    Vnet vnet = new Vnet(machine, nextId++, name);
    linked.keySet().forEach(module -> attach(vnet, module));
    if (vnet.isDefault()) {
      vnet0 = vnet;
    }
    if (vnet.isDefault() || machine.plan().has(Guard.EARLY_LIST)) {
      enter(vnet);
    }
    return vnet;
  }

  /** Lists a vnet, where it is not listed yet. */
  void enter(Vnet vnet) {
    all.putIfAbsent(vnet.id(), vnet);
  }

  void remove(Vnet vnet) {
    all.remove(vnet.id());
  }

  /** Gives a module's variables their slots; from here on new vnets have them. */
  void link(String module, List<VnetVariable<?>> added) {
    added.forEach(slots::link);
    linked.put(module, List.copyOf(added));
  }

  /** Gives an existing vnet a module's initial values. In a turn of its lane. */
  void attach(Vnet vnet, String module) {
    List<VnetVariable<?>> variables = linked.get(module);
    boolean takes = vnet.state() == Vnet.State.BUILDING || vnet.state() == Vnet.State.ALIVE;
    if (variables != null && takes && vnet.link(module)) {
      variables.forEach(v -> vnet.put(slots.find(v), v.initialFor(vnet)));
    }
  }

  /** Clears a module's variables in a vnet. In a turn of its lane. */
  void detach(Vnet vnet, String module) {
    if (vnet.linked(module) && vnet.state() != Vnet.State.DEAD) {
      linked.getOrDefault(module, List.of()).forEach(v -> vnet.put(slots.find(v), null));
      vnet.detach(module);
    }
  }

  /** Frees the slots of a module's variables; no vnet holds values in them any more. */
  void unlink(String module) {
    List<VnetVariable<?>> variables = linked.remove(module);
    if (variables != null) {
      variables.forEach(slots::unlink);
    }
    stages.removeModule(module);
  }

  /**
   * Reads any variable of any vnet by name, as libkvm lets netstat do; null when there is none. For
   * the kernel's owner only: the caller checks.
   */
  public @Nullable Object peek(Vnet vnet, String name) {
    VnetVariable<?> key = slots.named(name);
    return key == null || !vnet.hasValue(slots.find(key)) ? null : vnet.value(key);
  }

  /** Tells of nested curvnet, once per place: VNET_DEBUG. */
  void recursion(String site, Vnet outer, Vnet inner) {
    machine
        .kernelLane()
        .post(
            Event.of(() -> {
              if (recursions.add(site)) {
                machine
                    .messages()
                    .log("CURVNET_SET() recursion at " + site + ": " + outer + " -> " + inner);
              }
            }));
  }
}
