package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.host.Jail;
import cellblock.host.Kernel;
import cellblock.kern.jail.PrisonState;
import cellblock.kern.proc.Proc;
import cellblock.kern.proc.ProcBody;
import org.junit.jupiter.api.Test;

/** A kernel stops: every jail goes first. */
class StopLabTest {
  @Test
  void a_stopping_kernel_waits_for_its_jails_even_where_removals_are_asynchronous()
      throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      try (Lab lab = new Lab(seed)) {
        lab.pair("a", "b");
        lab.ok("jail -c name=c children.max=1 vnet persist");
        lab.ok("jexec c jail -c name=d vnet persist");
        Jail a = lab.kernel().jail("a");
        Jail c = lab.kernel().jail("c");
        Jail d = lab.kernel().jail("c.d");
        lab.ok("sysctl security.jail.remove_async=1");
        lab.ok("jail -r b"); // somebody else's removal is under way already
        lab.kernel().jails().removeAll();
        assertThat(a.state()).isEqualTo(PrisonState.GONE);
        assertThat(c.state()).isEqualTo(PrisonState.GONE);
        assertThat(d.state()).isEqualTo(PrisonState.GONE);
        assertThat(lab.kernel().prisons().snapshot()).isEmpty();
      }
    }
  }

  /** Makes a jail before it ends, when it is to be killed. */
  private static final class LastWill implements ProcBody {
    private final Lab lab;
    private Proc self;
    private boolean told;
    private String said = "nothing";

    private LastWill(Lab lab) {
      this.lab = lab;
    }

    void live(Proc proc) {
      self = proc;
      lab.sim()
          .stepper()
          .start(
              "last will",
              () -> {
                lab.kernel().machine().lanes().waiting().until(() -> told);
                said = lab.run("jail -c name=late vnet persist").err();
                lab.kernel().exit(self);
              });
    }

    @Override
    public void signal(String name) {
      told = true;
    }

    @Override
    public long hostPid() {
      return 0;
    }
  }

  @Test
  void a_jail_that_is_made_while_the_kernel_removes_the_others_goes_too() throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      try (Lab lab = new Lab(seed)) {
        lab.pair("a", "b");
        Kernel kernel = lab.kernel();
        LastWill will = new LastWill(lab);
        Proc proc =
            kernel.start(
                kernel.prisons().find(kernel.jail("a").jid()), kernel.init(), "will", will);
        will.live(proc);
        kernel.jails().removeAll();
        assertThat(will.said).isEmpty();
        assertThat(kernel.prisons().snapshot()).isEmpty();
      }
    }
  }
}
