package cellblock.control;

/** The reply of a request that has nothing to tell but that it was carried out. */
public enum Done {
  DONE
}
