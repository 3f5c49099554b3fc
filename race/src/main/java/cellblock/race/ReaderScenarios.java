package cellblock.race;

import cellblock.kern.epoch.Epoch;
import cellblock.kern.jail.Prison;
import cellblock.kern.memguard.Grave;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetVariable;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import cellblock.wire.Family;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Readers in sections, who saw what is being taken away. */
final class ReaderScenarios {
  private ReaderScenarios() {}

  static List<Scenario> all() {
    return List.of(section(), phases(), program());
  }

  private static Scenario section() {
    return Scenario.of(
        "section",
        "seed 3: a pointer obtained in the epoch is good while the epoch lasts",
        "a reader finds an interface and uses its address-family data twice in one section, while"
            + " it is moved",
        "if_afdata of epair0b went in the middle of a section",
        w -> {
          Vnet j = w.jail("j");
          w.create(w.host(), "epair");
          int index = w.lend("epair0b", j).index();
          Epoch.Section[] section = new Epoch.Section[1];
          @Nullable Ifnet[] found = new Ifnet[1];
          @Nullable Object[] data = new Object[1];
          boolean[] lost = new boolean[1];
          w.actor("ifmcstat")
              .notes(
                  "enter, look up",
                  () -> {
                    section[0] = w.machine().epoch().enter();
                    Ifnet ifp = Interfaces.of(j).byIndex(index);
                    found[0] = ifp;
                    data[0] = ifp == null ? null : ifp.afData(Family.INET);
                  })
              .notes(
                  "use, exit",
                  () -> {
                    Ifnet ifp = found[0];
                    lost[0] = data[0] != null && ifp != null && now(ifp) != data[0];
                    section[0].close();
                  });
          w.reclaims("epair0b", j);
          w.check(f -> {
            if (lost[0]) {
              f.add("if_afdata of epair0b went in the middle of a section");
            }
          });
        });
  }

  private static @Nullable Object now(Ifnet ifp) {
    return ifp.vnet().state() == Vnet.State.DEAD ? null : ifp.afData(Family.INET);
  }

  // ---- a module in two phases ----

  /** A table that others read in sections. */
  static final class Table {
    @Nullable Grave freed;
  }

  /** Publishes a table in each vnet; its shutdown unpublishes it, and frees it a phase later. */
  static final class Publisher implements KernelModule {
    /** The slot of a vnet. */
    static final class Slot {
      volatile @Nullable Table published = new Table();
    }

    static final VnetVariable<Slot> V_TABLE = VnetVariable.define("table", v -> new Slot());

    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("publisher", 1);
    }

    @Override
    public void declare(Declarations d) {
      d.variable(V_TABLE);
      d.vnetShutdown(
          Subsystem.PROTO_FIREWALL,
          Order.ANY,
          "table",
          v -> {
            Table t = V_TABLE.of(v).published;
            V_TABLE.of(v).published = null;
            return t == null
                ? null
                : later -> t.freed = later.machine().memguard().free("table of " + later);
          });
    }
  }

  private static Scenario phases() {
    return Scenario.of(
            "phases",
            "seed 3: delayed free",
            "a reader uses a table in a section while the jail dies",
            "table of j used after it was freed by a reader",
            w -> {
              Vnet j = w.jail("j");
              Publisher.Slot slot = w.in(j, () -> Publisher.V_TABLE.of(j));
              Epoch.Section[] section = new Epoch.Section[1];
              @Nullable Table[] seen = new Table[1];
              w.actor("reader")
                  .notes(
                      "enter, look up",
                      () -> {
                        section[0] = w.machine().epoch().enter();
                        seen[0] = slot.published;
                      })
                  .notes(
                      "use, exit",
                      () -> {
                        Table t = seen[0];
                        Grave dead = t == null ? null : t.freed;
                        section[0].close();
                        if (dead != null) {
                          throw w.machine().memguard().touched(dead, "a reader in a section");
                        }
                      });
              w.removes("j");
            })
        .with(new Publisher());
  }

  // ---- a program that works while it is killed ----

  /** A program that notices its death between two system calls. */
  static final class Busy implements ProcBody {
    volatile boolean killed;

    @Override
    public void signal(String name) {
      killed = true;
    }

    @Override
    public long hostPid() {
      return 0;
    }
  }

  private static Scenario program() {
    return Scenario.of(
        "program",
        "facts A.2: SIGKILL is sent, and nobody waits",
        "a program goes on with system calls between its SIGKILL and its death",
        "the program was in j after jail -r had returned",
        w -> {
          Vnet j = w.jail("j");
          Prison prison = w.prison("j");
          Busy body = new Busy();
          Proc p =
              w.machine()
                  .kernelLane()
                  .call(() -> w.kernel().procs().start(prison, null, 0, "program", body));
          boolean[] after = new boolean[1];
          Actor actor = w.actor("program in j").waits("killed", () -> body.killed);
          for (int i = 0; i < 2; i++) {
            actor.does(
                "system call",
                j.lane(),
                () -> {
                  after[0] |= w.removal("j").returned();
                  Interfaces.of(j).list();
                });
          }
          actor.does("exit", w.machine().kernelLane(), () -> w.kernel().procs().exit(p));
          w.removes("j");
          w.check(f -> {
            if (after[0]) {
              f.add("the program was in j after jail -r had returned");
            }
          });
        });
  }
}
