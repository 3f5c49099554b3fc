package cellblock.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An IGMP message of any version (RFC 1112, 2236, 3376). The window accessors cover the common
 * eight bytes; the values are {@link Brief} (versions 1 and 2), {@link Query3} and {@link Report3}.
 * Values hold no checksum: {@link #emit} computes it. FreeBSD ancestor: {@code struct igmp}, {@code
 * igmpv3}, {@code igmp_report}, {@code igmp_grouprec} of {@code sys/netinet/igmp.h}.
 */
public sealed interface IgmpMessage {
  /** Bytes of a version 1 or 2 message and of the smallest report (IGMP_MINLEN). */
  int LENGTH = 8;

  /** Bytes of a version 3 query without sources (IGMP_V3_QUERY_MINLEN). */
  int QUERY3_LENGTH = 12;

  /** Bytes of a group record without sources. */
  int RECORD_LENGTH = 8;

  /** Membership query, all versions. */
  int QUERY = 0x11;

  /** Version 1 report. */
  int REPORT1 = 0x12;

  /** DVMRP routing message. */
  int DVMRP = 0x13;

  /** PIM version 1. */
  int PIM1 = 0x14;

  /** Version 2 report. */
  int REPORT2 = 0x16;

  /** Version 2 leave. */
  int LEAVE = 0x17;

  /** mtrace reply. */
  int MTRACE_REPLY = 0x1e;

  /** mtrace query. */
  int MTRACE_QUERY = 0x1f;

  /** Version 3 report. */
  int REPORT3 = 0x22;

  /** Record: current mode is include. */
  int MODE_IS_INCLUDE = 1;

  /** Record: current mode is exclude. */
  int MODE_IS_EXCLUDE = 2;

  /** Record: the mode became include. */
  int CHANGE_TO_INCLUDE = 3;

  /** Record: the mode became exclude. */
  int CHANGE_TO_EXCLUDE = 4;

  /** Record: sources are wanted now. */
  int ALLOW_NEW_SOURCES = 5;

  /** Record: sources are no longer wanted. */
  int BLOCK_OLD_SOURCES = 6;

  /** The type. */
  int type();

  /** Bytes of the whole message. */
  int length();

  /** Writes the message with its checksum at {@code off}; returns its length. */
  int emit(byte[] buf, int off);

  /**
   * Eight bytes: a query of version 1 (maximum response 0) or 2, a report or a leave.
   *
   * @param type the type
   * @param maxResponse tenths of a second, 0 to 255
   * @param group the group, 0.0.0.0 in a general query
   */
  record Brief(int type, int maxResponse, Ip4Address group) implements IgmpMessage {
    /** Rejects fields of more than eight bits. */
    public Brief {
      if ((type | maxResponse) >>> 8 != 0) {
        throw new IllegalArgumentException("field out of range");
      }
    }

    @Override
    public int length() {
      return LENGTH;
    }

    @Override
    public int emit(byte[] buf, int off) {
      BigEndian.put16(buf, off, type << 8 | maxResponse);
      group.emit(buf, off + 4);
      fillChecksum(buf, off, LENGTH);
      return LENGTH;
    }

    @Override
    public String toString() {
      return IgmpText.of(this);
    }
  }

  /**
   * A version 3 query (RFC 3376 section 4.1).
   *
   * @param maxResponseCode tenths of a second in the coding of {@link #decode}
   * @param group the group, 0.0.0.0 in a general query
   * @param suppress the S flag: routers do not restart their timers
   * @param robustness the querier's robustness variable, 0 to 7
   * @param intervalCode the querier's query interval in seconds, coded
   * @param sources sources asked for, at most 366
   */
  record Query3(
      int maxResponseCode,
      Ip4Address group,
      boolean suppress,
      int robustness,
      int intervalCode,
      List<Ip4Address> sources)
      implements IgmpMessage {
    /** Rejects fields that do not fit; copies the list. */
    public Query3 {
      if ((maxResponseCode | intervalCode) >>> 8 != 0
          || robustness >>> 3 != 0
          || sources.size() > 0xffff) {
        throw new IllegalArgumentException("field out of range");
      }
      sources = List.copyOf(sources);
    }

    @Override
    public int type() {
      return QUERY;
    }

    @Override
    public int length() {
      return QUERY3_LENGTH + 4 * sources.size();
    }

    @Override
    public int emit(byte[] buf, int off) {
      BigEndian.put16(buf, off, QUERY << 8 | maxResponseCode);
      group.emit(buf, off + 4);
      BigEndian.put16(buf, off + 8, (suppress ? 0x800 : 0) | robustness << 8 | intervalCode);
      BigEndian.put16(buf, off + 10, sources.size());
      putAddresses(buf, off + QUERY3_LENGTH, sources);
      fillChecksum(buf, off, length());
      return length();
    }

    @Override
    public String toString() {
      return IgmpText.of(this);
    }
  }

  /**
   * A version 3 report (RFC 3376 section 4.2).
   *
   * @param records one for each group and kind of change
   */
  record Report3(List<GroupRecord> records) implements IgmpMessage {
    /** Rejects too many records; copies the list. */
    public Report3 {
      if (records.size() > 0xffff) {
        throw new IllegalArgumentException("records " + records.size());
      }
      records = List.copyOf(records);
    }

    @Override
    public int type() {
      return REPORT3;
    }

    @Override
    public int length() {
      int length = LENGTH;
      for (GroupRecord group : records) {
        length += group.length();
      }
      return length;
    }

    @Override
    public int emit(byte[] buf, int off) {
      BigEndian.put32(buf, off, REPORT3 << 24);
      BigEndian.put32(buf, off + 4, records.size());
      int at = off + LENGTH;
      for (GroupRecord group : records) {
        at += group.emit(buf, at);
      }
      fillChecksum(buf, off, at - off);
      return at - off;
    }

    @Override
    public String toString() {
      return IgmpText.of(this);
    }
  }

  /**
   * One group in a version 3 report.
   *
   * @param type {@link #MODE_IS_INCLUDE} to {@link #BLOCK_OLD_SOURCES}; 0 to 255
   * @param group the group
   * @param sources its sources
   * @param auxiliary data that no version uses, a multiple of four bytes
   */
  record GroupRecord(int type, Ip4Address group, List<Ip4Address> sources, Octets auxiliary) {
    /** Rejects fields that do not fit; copies the list. */
    public GroupRecord {
      if (type >>> 8 != 0
          || sources.size() > 0xffff
          || (auxiliary.length() & 3) != 0
          || auxiliary.length() > 1020) {
        throw new IllegalArgumentException("field out of range");
      }
      sources = List.copyOf(sources);
    }

    /** A record without auxiliary data. */
    public GroupRecord(int type, Ip4Address group, List<Ip4Address> sources) {
      this(type, group, sources, Octets.EMPTY);
    }

    /** Bytes of the record. */
    public int length() {
      return RECORD_LENGTH + 4 * sources.size() + auxiliary.length();
    }

    private int emit(byte[] buf, int off) {
      BigEndian.put16(buf, off, type << 8 | auxiliary.length() >> 2);
      BigEndian.put16(buf, off + 2, sources.size());
      group.emit(buf, off + 4);
      int at = off + RECORD_LENGTH;
      putAddresses(buf, at, sources);
      auxiliary.emit(buf, at + 4 * sources.size());
      return length();
    }
  }

  /** Whether the bytes hold a message whose counts fit; the checksum is not looked at. */
  static Defect check(byte[] buf, int off, int length) {
    if (length < LENGTH) {
      return Defect.TOO_SMALL;
    }
    return switch (type(buf, off)) {
      case QUERY -> checkQuery(buf, off, length);
      case REPORT3 -> checkReport(buf, off, length);
      default -> Defect.NONE;
    };
  }

  private static Defect checkQuery(byte[] buf, int off, int length) {
    if (length == LENGTH) {
      return Defect.NONE;
    }
    if (length < QUERY3_LENGTH) {
      return Defect.BAD_LENGTH;
    }
    int sources = BigEndian.get16(buf, off + 10);
    return QUERY3_LENGTH + 4 * sources > length ? Defect.TOO_SHORT : Defect.NONE;
  }

  private static Defect checkReport(byte[] buf, int off, int length) {
    int at = LENGTH;
    for (int left = BigEndian.get16(buf, off + 6); left > 0; left--) {
      if (at + RECORD_LENGTH > length) {
        return Defect.TOO_SHORT;
      }
      at += recordLength(buf, off + at);
      if (at > length) {
        return Defect.TOO_SHORT;
      }
    }
    return Defect.NONE;
  }

  /** The type. */
  static int type(byte[] buf, int off) {
    return buf[off] & 0xff;
  }

  /** Maximum response time or its code; 0 in version 1. */
  static int maxResponse(byte[] buf, int off) {
    return buf[off + 1] & 0xff;
  }

  /** Group of anything but a version 3 report. */
  static int group(byte[] buf, int off) {
    return BigEndian.get32(buf, off + 4);
  }

  /** Version of a query of {@code length} bytes: 1, 2 or 3 (RFC 3376 section 7.1). */
  static int queryVersion(byte[] buf, int off, int length) {
    if (length >= QUERY3_LENGTH) {
      return 3;
    }
    return maxResponse(buf, off) == 0 ? 1 : 2;
  }

  /** Bytes of the group record at {@code at} of a version 3 report. */
  static int recordLength(byte[] buf, int at) {
    return RECORD_LENGTH + 4 * BigEndian.get16(buf, at + 2) + 4 * (buf[at + 1] & 0xff);
  }

  /** Computes and stores the checksum over {@code length} bytes. */
  static void fillChecksum(byte[] buf, int off, int length) {
    BigEndian.put16(buf, off + 2, 0);
    BigEndian.put16(buf, off + 2, Checksum.of(buf, off, length));
  }

  /** Whether the checksum over {@code length} bytes verifies. */
  static boolean verifies(byte[] buf, int off, int length) {
    return Checksum.verifies(buf, off, length);
  }

  /** The number behind a version 3 code: itself below 128, else mantissa and exponent. */
  static int decode(int code) {
    return code < 128 ? code : (code & 15 | 16) << (code >> 4 & 7) + 3;
  }

  /** The largest code whose number does not exceed {@code value}, 0 to 31744. */
  static int encode(int value) {
    if (value < 128) {
      return value;
    }
    if (value > 31744) {
      return 0xff;
    }
    int exponent = 24 - Integer.numberOfLeadingZeros(value);
    return 0x80 | exponent << 4 | value >> exponent + 3 & 15;
  }

  /** The message at {@code off}, null if {@link #check} refuses it. */
  static @Nullable IgmpMessage parse(byte[] buf, int off, int length) {
    if (check(buf, off, length) != Defect.NONE) {
      return null;
    }
    int type = type(buf, off);
    if (type == REPORT3) {
      return parseReport(buf, off);
    }
    if (type == QUERY && length >= QUERY3_LENGTH) {
      int bits = BigEndian.get16(buf, off + 8);
      return new Query3(
          maxResponse(buf, off),
          new Ip4Address(group(buf, off)),
          (bits & 0x800) != 0,
          bits >> 8 & 7,
          bits & 0xff,
          addresses(buf, off + QUERY3_LENGTH, BigEndian.get16(buf, off + 10)));
    }
    return new Brief(type, maxResponse(buf, off), new Ip4Address(group(buf, off)));
  }

  private static Report3 parseReport(byte[] buf, int off) {
    int count = BigEndian.get16(buf, off + 6);
    List<GroupRecord> records = new ArrayList<>();
    int at = off + LENGTH;
    for (int i = 0; i < count; i++) {
      int sources = BigEndian.get16(buf, at + 2);
      int auxiliary = 4 * (buf[at + 1] & 0xff);
      records.add(
          new GroupRecord(
              buf[at] & 0xff,
              new Ip4Address(BigEndian.get32(buf, at + 4)),
              addresses(buf, at + RECORD_LENGTH, sources),
              Octets.of(buf, at + RECORD_LENGTH + 4 * sources, auxiliary)));
      at += recordLength(buf, at);
    }
    return new Report3(records);
  }

  private static List<Ip4Address> addresses(byte[] buf, int off, int count) {
    List<Ip4Address> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(new Ip4Address(BigEndian.get32(buf, off + 4 * i)));
    }
    return list;
  }

  private static void putAddresses(byte[] buf, int off, List<Ip4Address> list) {
    for (int i = 0; i < list.size(); i++) {
      list.get(i).emit(buf, off + 4 * i);
    }
  }
}
