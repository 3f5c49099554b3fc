package cellblock.kern.jail;

/** enum prison_state of sys/jail.h, with the end made visible. */
public enum PrisonState {
  /** Being made: nobody finds it yet. */
  INVALID,
  /** In use. */
  ALIVE,
  /** On its way out; found only by who asks for dying jails. */
  DYING,
  /** Gone: unlinked, its jid free. */
  GONE
}
