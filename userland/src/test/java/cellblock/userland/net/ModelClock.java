package cellblock.userland.net;

/** Time that passes only when someone waits. */
final class ModelClock {
  /** 2026-01-05 10:00:00 UTC. */
  long nanos = 1_767_607_200L * 1_000_000_000L;
}
