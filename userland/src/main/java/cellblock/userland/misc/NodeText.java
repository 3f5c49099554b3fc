package cellblock.userland.misc;

import cellblock.control.SysctlRequest.Node;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How sysctl(8) shows a variable: show_var() of sbin/sysctl/sysctl.c. */
final class NodeText {
  private static final BigInteger LOW_32 = BigInteger.valueOf(0xffffffffL);
  private static final BigInteger LOW_64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final SysctlOptions options;

  NodeText(SysctlOptions options) {
    this.options = options;
  }

  /** The line of a variable, or null when the options leave it out. */
  @Nullable String of(Node node) {
    if (options.writable() && !node.writable()
        || options.tunable() && !node.tunable()
        || options.vnet() && !node.vnet()) {
      return null;
    }
    if (options.nameOnly()) {
      return node.name();
    }
    String prefix = options.valueOnly() ? "" : node.name() + options.separator();
    if (options.type()) {
      return prefix + typeName(node);
    }
    if (options.description()) {
      return prefix + node.description();
    }
    if (options.raw()) {
      return node.value();
    }
    if (node.type().equals("opaque") && !node.format().startsWith("S,") && !options.opaque()) {
      return null;
    }
    return prefix + (options.length() ? Integer.toString(length(node)) : value(node));
  }

  /** What is printed before a change. */
  String before(Node node) {
    return options.valueOnly() || options.raw()
        ? value(node)
        : node.name() + options.separator() + value(node);
  }

  /** The value alone. */
  String value(Node node) {
    String format = node.format();
    boolean hex = options.hex() || format.length() > 1 && format.charAt(1) == 'X';
    if (node.type().equals("string") || node.type().equals("opaque")) {
      return node.value();
    }
    List<String> numbers = Arrays.asList(node.value().split(" "));
    if (hex) {
      return numbers.stream()
          .map(number -> hex(number, length(node)))
          .collect(Collectors.joining(" "));
    }
    if (format.startsWith("IK")) {
      return kelvin(node.value());
    }
    return node.value();
  }

  private static String hex(String text, int bytes) {
    BigInteger number = Numbers.parse(text);
    if (number == null) {
      return text;
    }
    BigInteger bits = number.and(bytes > 4 ? LOW_64 : LOW_32);
    String digits = bits.toString(16);
    return "0x" + "0".repeat(Math.max(0, bytes * 2 - digits.length())) + digits;
  }

  /** Tenths of a kelvin, shown in degrees Celsius. */
  private static String kelvin(String text) {
    BigInteger number = Numbers.parse(text);
    if (number == null || number.signum() < 0) {
      return text;
    }
    BigDecimal celsius = new BigDecimal((number.doubleValue() - 2731.5) / 10);
    return celsius.setScale(1, RoundingMode.HALF_EVEN) + "C";
  }

  private static int length(Node node) {
    return switch (node.type()) {
      case "u8", "s8" -> 1;
      case "u16", "s16" -> 2;
      case "int", "uint", "u32", "s32" -> 4;
      case "long", "ulong", "u64", "s64" -> 8;
      default -> node.value().length() + 1;
    };
  }

  /** The name of a type as -t and error messages show it. */
  static String typeName(Node node) {
    return switch (node.type()) {
      case "int" -> "integer";
      case "uint" -> "unsigned integer";
      case "long" -> "long integer";
      case "ulong" -> "unsigned long";
      case "u8" -> "uint8_t";
      case "u16" -> "uint16_t";
      case "u32" -> "uint32_t";
      case "u64" -> "uint64_t";
      case "s8" -> "int8_t";
      case "s16" -> "int16_t";
      case "s32" -> "int32_t";
      case "s64" -> "int64_t";
      default -> node.type();
    };
  }
}
