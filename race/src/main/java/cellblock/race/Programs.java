package cellblock.race;

import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import cellblock.kern.time.Callout;
import org.jspecify.annotations.Nullable;

/** Programs in jails that take their time to die. */
final class Programs {
  private Programs() {}

  /** A process that ends some time after its SIGKILL. */
  static final class Mortal implements ProcBody {
    private final World world;
    private final long agony;
    private @Nullable Proc proc;
    int signals;

    private Mortal(World world, long agony) {
      this.world = world;
      this.agony = agony;
    }

    @Override
    public void signal(String name) {
      if (signals++ == 0) {
        new Callout(world.machine().kernelCallouts(), null, "agony", this::die).reset(agony);
      }
    }

    private void die() {
      if (proc != null) {
        world.kernel().procs().exit(proc);
      }
    }

    @Override
    public long hostPid() {
      return 0;
    }
  }

  /** Starts one, which dies {@code agony} nanoseconds after it was killed. */
  static Proc starts(World world, String jail, long agony) throws ErrnoException {
    Prison prison = world.prison(jail);
    return world.machine().kernelLane().call(() -> forks(world, prison, agony));
  }

  /** The same in a turn of the kernel lane. */
  static Proc forks(World world, Prison prison, long agony) throws ErrnoException {
    Mortal body = new Mortal(world, agony);
    Proc p = world.kernel().procs().start(prison, null, 0, "program", body);
    body.proc = p;
    return p;
  }
}
