package cellblock.net.ifnet;

/** LINK_STATE_* of net/if.h. */
public enum LinkState {
  UNKNOWN,
  DOWN,
  UP
}
