package cellblock.userland.world;

import cellblock.control.KernelError;
import cellblock.control.ProcRequest;
import cellblock.control.tool.Tool;
import cellblock.control.tool.ToolContext;
import java.util.List;

/**
 * As much of ifconfig(8) as jail(8) and rc(8) call: create, destroy, vnet, -vnet, anything else.
 */
final class ModelIfconfig implements Tool {
  private final World world;

  ModelIfconfig(World world) {
    this.world = world;
  }

  @Override
  public int run(ToolContext context) {
    List<String> args = context.args();
    int jid;
    try {
      jid = context.kernel().ask(new ProcRequest.Self()).jid();
    } catch (KernelError e) {
      return 1;
    }
    world.log((jid == 0 ? "" : "[" + jid + "] ") + "ifconfig " + String.join(" ", args));
    String name = args.getFirst();
    String verb = args.size() > 1 ? args.get(1) : "";
    if (verb.equals("create")) {
      world.interfaces.put(name + "a", jid);
      world.interfaces.put(name + "b", jid);
      context.out().println(name + "a");
      return 0;
    }
    Integer home = world.interfaces.get(name);
    boolean lent = verb.equals("-vnet");
    boolean own = lent || name.equals("lo0") || home != null && home == jid;
    if (home == null || !own) {
      context.err().println("ifconfig: interface " + name + " does not exist");
      return 1;
    }
    switch (verb) {
      case "destroy" -> {
        String pair = name.substring(0, name.length() - 1);
        world.interfaces.remove(pair + "a");
        world.interfaces.remove(pair + "b");
      }
      case "vnet" -> world.interfaces.put(name, world.find(world.prison0, args.get(2), true).jid);
      case "-vnet" -> world.interfaces.put(name, jid);
      default -> {}
    }
    return 0;
  }
}
