package cellblock.kern.module;

/** modeventtype of sys/module.h. */
public enum ModuleEvent {
  /** About to be loaded; a refusal vetoes. */
  LOAD,
  /** Asked to become idle before an unload; a refusal vetoes unless the unload is forced. */
  QUIESCE,
  /** About to be unloaded, <em>before</em> any destructor ran; a refusal vetoes. */
  UNLOAD,
  /** The kernel stops. Nothing else is called then. */
  SHUTDOWN
}
