package cellblock.bench;

import cellblock.control.KernelPort;
import cellblock.control.ModuleRequest;
import cellblock.host.Jail;
import cellblock.host.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * kldload and kldunload of if_gre while 1,000 jails with stacks of their own live: every one gets
 * its constructor, its cloner and its variables, and loses them again.
 *
 * <p>Run: {@code bench/run -m cellblock.bench.ModuleBench [JAILS...]}.
 */
public final class ModuleBench {
  private ModuleBench() {}

  public static void main(String[] args) throws Exception {
    Report report = new Report("module");
    int[] counts = {10, 1000};
    if (args.length > 0) {
      counts = Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
    }
    for (int count : counts) {
      try (Kernel kernel = Kernel.boot(Kernel.Config.defaults(1))) {
        Life life = new Life(kernel);
        List<Jail> jails = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          jails.add(life.make(i));
        }
        KernelPort port = kernel.port();
        Warm.up(3, () -> round(port, new double[1], new double[1], 0));
        int runs = Report.setting("runs", 5);
        double[] load = new double[runs];
        double[] unload = new double[runs];
        for (int i = 0; i < runs; i++) {
          round(port, load, unload, i);
        }
        report.row("kldload with " + count + " vnets", "ms", load);
        report.row("kldunload with " + count + " vnets", "ms", unload);
      }
    }
  }

  private static void round(KernelPort port, double[] load, double[] unload, int i)
      throws Exception {
    long start = System.nanoTime();
    port.ask(new ModuleRequest.Load("if_gre"));
    long loaded = System.nanoTime();
    port.ask(new ModuleRequest.Unload("if_gre", false));
    load[i] = (loaded - start) / 1e6;
    unload[i] = (System.nanoTime() - loaded) / 1e6;
  }
}
