package cellblock.kern.sysctl;

import cellblock.kern.Machine;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.jail.Prison;
import cellblock.kern.vnet.Vnet;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One leaf of the sysctl tree, declared once: name, type, range, unit, flags and text (ancestor:
 * SYSCTL_INT, SYSCTL_PROC, SYSCTL_VNET_* of sys/sysctl.h). Values pass as text.
 *
 * @param name full name, "net.inet.ip.forwarding"
 * @param vnet whether each vnet has a value of its own (CTLFLAG_VNET)
 * @param writable CTLFLAG_RW
 * @param tunable CTLFLAG_TUN: seeded at boot from the tunables
 * @param secureLevel writing is refused above this securelevel; {@code Integer.MAX_VALUE} = never
 * @param minimum smallest value of a number
 * @param maximum largest value of a number
 * @param unit for people ("seconds"), or null
 * @param prisonReader reads in place of {@code reader} where the value is the prison's
 * @param prisonWriter the way back
 */
public record SysctlDeclaration(
    String name,
    Type type,
    boolean vnet,
    boolean writable,
    boolean tunable,
    int secureLevel,
    long minimum,
    long maximum,
    @Nullable String unit,
    String description,
    Reader reader,
    @Nullable Writer writer,
    @Nullable PrisonReader prisonReader,
    @Nullable PrisonWriter prisonWriter) {

  /** The type that sysctl(8) shows, with its format letters. */
  public enum Type {
    INT("int", "I"),
    UINT("uint", "IU"),
    LONG("long", "L"),
    ULONG("ulong", "LU"),
    U8("u8", "CU"),
    STRING("string", "A"),
    OPAQUE("opaque", "S");

    private final String text;
    private final String format;

    Type(String text, String format) {
      this.text = text;
      this.format = format;
    }

    public String text() {
      return text;
    }

    public String format() {
      return format;
    }
  }

  /**
   * Reads. {@code vnet} is the caller's. Runs in a turn of its lane if the node is virtualised,
   * else of the kernel lane.
   */
  @FunctionalInterface
  public interface Reader {
    String read(Machine machine, Vnet vnet) throws ErrnoException;
  }

  /** Writes a value whose type and range are already checked; runs where the reader does. */
  @FunctionalInterface
  public interface Writer {
    void write(Machine machine, Vnet vnet, String value) throws ErrnoException;
  }

  /**
   * Reads what belongs to the caller's prison rather than to its vnet. In a turn of the kernel
   * lane.
   */
  @FunctionalInterface
  public interface PrisonReader {
    String read(Prison prison) throws ErrnoException;
  }

  /** Writes what belongs to the caller's prison. In a turn of the kernel lane. */
  @FunctionalInterface
  public interface PrisonWriter {
    void write(Prison prison, String value) throws ErrnoException;
  }

  /** A node whose value is the caller's prison's: kern.hostname, security.jail.jailed. */
  public static SysctlDeclaration ofPrison(
      String name,
      Type type,
      String description,
      PrisonReader reader,
      @Nullable PrisonWriter writer) {
    return node(name, type, false, description, (m, v) -> "", null, reader, writer);
  }

  /** SYSCTL_VNET_INT: an int of each vnet, read and written. */
  public static SysctlDeclaration vnetInt(
      String name, Function<Vnet, IntCell> cell, int minimum, int maximum, String description) {
    return vnetInt(
        name,
        v -> cell.apply(v).get(),
        (v, n) -> cell.apply(v).set(n),
        minimum,
        maximum,
        description);
  }

  /**
   * SYSCTL_VNET_INT for a field: four bytes a vnet, and no indirection where packets read it.
   * Reader and writer run in a turn of the vnet's lane.
   */
  public static SysctlDeclaration vnetInt(
      String name,
      ToIntFunction<Vnet> get,
      ObjIntConsumer<Vnet> set,
      int minimum,
      int maximum,
      String description) {
    return procedure(
            name,
            Type.INT,
            true,
            description,
            (m, v) -> Integer.toString(get.applyAsInt(v)),
            (m, v, text) -> set.accept(v, Integer.parseInt(text)))
        .range(minimum, maximum)
        .asTunable();
  }

  /** SYSCTL_INT: one int for the machine, read and written by vnet0's root. */
  public static SysctlDeclaration machineInt(
      String name, Function<Machine, IntCell> cell, int minimum, int maximum, String description) {
    return procedure(
            name,
            Type.INT,
            false,
            description,
            (m, v) -> Integer.toString(cell.apply(m).get()),
            (m, v, text) -> cell.apply(m).set(Integer.parseInt(text)))
        .range(minimum, maximum)
        .asTunable();
  }

  /** A read-only node with a procedure. */
  public static SysctlDeclaration readOnly(
      String name, Type type, boolean vnet, String description, Reader reader) {
    return node(name, type, vnet, description, reader, null, null, null);
  }

  /** SYSCTL_PROC: a node with procedures both ways. */
  public static SysctlDeclaration procedure(
      String name, Type type, boolean vnet, String description, Reader reader, Writer writer) {
    return node(name, type, vnet, description, reader, writer, null, null);
  }

  private static SysctlDeclaration node(
      String name,
      Type type,
      boolean vnet,
      String description,
      Reader reader,
      @Nullable Writer writer,
      @Nullable PrisonReader prisonReader,
      @Nullable PrisonWriter prisonWriter) {
    return new SysctlDeclaration(
        name,
        type,
        vnet,
        writer != null || prisonWriter != null,
        false,
        Integer.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        null,
        description,
        reader,
        writer,
        prisonReader,
        prisonWriter);
  }

  /** The same node with a range for its number. */
  public SysctlDeclaration range(long least, long most) {
    return with(tunable, secureLevel, least, most, unit);
  }

  /** The same node, seeded at boot from the tunables. */
  public SysctlDeclaration asTunable() {
    return with(true, secureLevel, minimum, maximum, unit);
  }

  /** The same node, refused to writers above a securelevel. */
  public SysctlDeclaration secure(int level) {
    return with(tunable, level, minimum, maximum, unit);
  }

  /** The same node with a unit. */
  public SysctlDeclaration in(String unitName) {
    return with(tunable, secureLevel, minimum, maximum, unitName);
  }

  private SysctlDeclaration with(
      boolean seeded, int level, long least, long most, @Nullable String unitName) {
    return new SysctlDeclaration(
        name,
        type,
        vnet,
        writable,
        seeded,
        level,
        least,
        most,
        unitName,
        description,
        reader,
        writer,
        prisonReader,
        prisonWriter);
  }
}
