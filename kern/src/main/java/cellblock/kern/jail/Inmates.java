package cellblock.kern.jail;

/**
 * Who lives in a prison, as far as its undertaker needs to know: the process table (ancestor:
 * prison_proc_iterate of sys/kern/kern_jail.c). Their number is the prison's own, held as {@link
 * HolderKind#PROCESS}. Threading: turns of the kernel lane.
 */
@FunctionalInterface
public interface Inmates {
  /** Tells every process of the prison to end; of that one alone, not of those below it. */
  void kill(Prison prison);
}
