package cellblock.net;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.kern.drop.DropReason;
import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.ledger.LedgerKind;
import cellblock.kern.mbuf.Mbuf;
import cellblock.kern.module.Declarations;
import cellblock.kern.module.KernelModule;
import cellblock.kern.module.LinkerFile;
import cellblock.kern.module.ModuleInfo;
import cellblock.kern.vnet.Order;
import cellblock.kern.vnet.Subsystem;
import cellblock.kern.vnet.Vnet;
import cellblock.kern.vnet.VnetCreate;
import cellblock.net.ether.Ethernet;
import cellblock.net.ifnet.CloneOps;
import cellblock.net.ifnet.IfCloner;
import cellblock.net.ifnet.IfCloners;
import cellblock.net.ifnet.IfCreate;
import cellblock.net.ifnet.IfDriver;
import cellblock.net.ifnet.IfMove;
import cellblock.net.ifnet.Ifnet;
import cellblock.net.ifnet.Interfaces;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetModuleTest {
  private final Rig rig = new Rig();

  /** A type of interface that comes with a module: it swallows what it is given. */
  private static final class Disc implements KernelModule, CloneOps {
    private record Driver(int unit) implements IfDriver {
      @Override
      public Errno transmit(Ifnet ifp, Mbuf m) {
        ifp.vnet().drop(m, DropReason.CONSUMED);
        return null;
      }
    }

    @Override
    public ModuleInfo info() {
      return ModuleInfo.of("if_disc", 1, new ModuleInfo.Dependency("net", 1, 1, 1));
    }

    @Override
    public void declare(Declarations d) {
      IfCloners.declare(d, "disc", this);
    }

    @Override
    public Ifnet create(IfCloner cloner, String name, int unit, Map<String, String> params)
        throws ErrnoException {
      Ifnet ifp = Ethernet.allocate(cloner.vnet(), name, new Driver(unit), 0x02_0000_0000_01L);
      cloner.adopt(ifp);
      Interfaces.of(cloner.vnet()).attach(ifp);
      return ifp;
    }

    @Override
    public int unit(Ifnet ifp) {
      return ((Driver) ifp.driver()).unit;
    }
  }

  @Test
  void a_type_comes_with_its_module_and_all_of_it_goes_with_the_module() {
    Vnet jail = rig.vnet("j");
    assertThat(rig.refusal(new IfCreate(jail, "disc", Map.of()))).isEqualTo(Errno.EINVAL);
    LinkerFile file = rig.run(rig.linker.load("if_disc.ko", "/boot", List.of(new Disc()), null));
    rig.create(rig.host, "disc");
    rig.create(jail, "disc");
    rig.create(jail, "disc");
    rig.run(IfMove.lend(jail, "disc1", rig.host));
    assertThat(rig.names(rig.host)).containsExactly("lo0", "disc0", "disc1");
    assertThat(Interfaces.of(jail).cloners().names()).containsExactly("disc", "epair", "lo");
    rig.run(rig.linker.unload(file, false));
    assertThat(rig.names(rig.host)).containsExactly("lo0");
    assertThat(rig.names(jail)).containsExactly("lo0");
    assertThat(rig.refusal(new IfCreate(jail, "disc", Map.of()))).isEqualTo(Errno.EINVAL);
    assertThat(rig.host.ledger().count(LedgerKind.CLONER)).isEqualTo(2);
    assertThat(rig.run(rig.removal(jail))).isEmpty();
  }

  @Test
  void a_vnet_that_fails_to_be_built_leaves_no_interface_behind() {
    int before = rig.indicesInUse();
    KernelModule failing =
        new KernelModule() {
          @Override
          public ModuleInfo info() {
            return ModuleInfo.of("failing", 1);
          }

          @Override
          public void declare(Declarations d) {
            d.vnetSysinit(
                Subsystem.PROTO_END,
                Order.ANY,
                "fail",
                v -> {
                  if (!v.isDefault()) {
                    throw new ErrnoException(Errno.ENOMEM);
                  }
                });
          }
        };
    rig.run(rig.linker.load("failing.ko", "/boot", List.of(failing), null));
    assertThat(rig.refusal(new VnetCreate(rig.machine, "j"))).isEqualTo(Errno.ENOMEM);
    assertThat(rig.indicesInUse()).isEqualTo(before);
    assertThat(rig.machine.messages().lines()).noneMatch(l -> l.contains("ledger not zero"));
  }

  @Test
  void a_jail_that_made_and_borrowed_everything_leaves_nothing_but_what_was_lent_to_it() {
    Vnet jail = rig.vnet("j");
    Vnet below = rig.vnet("j.k");
    rig.create(rig.host, "epair");
    rig.run(rig.lend("epair0b", jail));
    rig.run(IfMove.lend(jail, "epair0b", below));
    rig.create(jail, "lo");
    rig.create(jail, "epair");
    rig.run(IfMove.lend(jail, "epair1b", below));
    assertThat(rig.run(rig.removal(below))).isEmpty();
    assertThat(rig.names(rig.host)).containsExactly("lo0", "epair0a", "epair0b");
    assertThat(rig.names(jail)).containsExactly("lo0", "lo1", "epair1a", "epair1b");
    assertThat(rig.run(rig.removal(jail))).isEmpty();
    assertThat(rig.indicesInUse()).isEqualTo(3);
  }

  @Test
  void nothing_is_allocated_for_a_packet_once_warm() {
    Vnet jail = rig.vnet("j");
    Ifnet a = rig.create(rig.host, "epair");
    Ifnet b = rig.run(rig.lend("epair0b", jail));
    rig.up(a);
    rig.up(b);
    rig.listen(b);
    Runnable burst =
        () -> {
          for (int i = 0; i < 1000; i++) {
            Rig.sendInTurn(rig.host, a, 1000);
          }
        };
    for (int i = 0; i < 50; i++) {
      rig.in(rig.host, () -> run(burst));
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 50; i++) {
      rig.in(rig.host, () -> run(burst));
    }
    long perPacket = (threads.getCurrentThreadAllocatedBytes() - before) / 50_000;
    assertThat(perPacket)
        .as("bytes a packet")
        .isLessThan(8); // each turn binds curvnet: 24 bytes for 32
    assertThat(rig.received(jail)).isEqualTo(100_000);
  }

  private static boolean run(Runnable r) {
    r.run();
    return true;
  }
}
