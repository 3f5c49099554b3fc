package cellblock.inet.socket;

/**
 * On whose behalf a socket acts (ancestor: struct ucred with priv_check_cred). Immutable: a socket
 * keeps the one that it was made with.
 */
@FunctionalInterface
public interface Credential {
  /** The superuser of a vnet. */
  Credential ROOT = privilege -> true;

  /** An unprivileged user. */
  Credential NOBODY = privilege -> false;

  /** Whether this holds {@code privilege}. */
  boolean has(Privilege privilege);
}
