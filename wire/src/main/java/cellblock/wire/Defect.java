package cellblock.wire;

/**
 * Why a window check refused some bytes. A closed set shared by all protocols, so that an input
 * room can map it to its own counter with one switch; {@link #NONE} means the window may be read.
 * FreeBSD ancestor: the error counters of {@code struct ipstat}, {@code icmpstat}, {@code udpstat}.
 */
public enum Defect {
  /** Nothing wrong. */
  NONE("ok"),
  /** Fewer bytes than the smallest header (ips_toosmall, icps_tooshort, udps_hdrops). */
  TOO_SMALL("too few bytes for a header"),
  /** The version field names another protocol (ips_badvers). */
  BAD_VERSION("bad version"),
  /** The header length is below the minimum or past the data (ips_badhlen, tcps_rcvbadoff). */
  BAD_HEADER_LENGTH("bad header length"),
  /** The length field is smaller than the header it is in (ips_badlen, udps_badlen). */
  BAD_LENGTH("bad length field"),
  /** The length field promises more bytes than are there (ips_tooshort). */
  TOO_SHORT("fewer bytes than the length field says"),
  /** The Internet checksum does not verify. */
  BAD_CHECKSUM("bad checksum"),
  /** An option overruns the header or has an impossible length (ips_badoptions). */
  BAD_OPTION("bad option"),
  /** A type, format or opcode that this protocol does not have here. */
  BAD_TYPE("bad type");

  private final String text;

  Defect(String text) {
    this.text = text;
  }

  /** A few words for traces. */
  public String text() {
    return text;
  }
}
