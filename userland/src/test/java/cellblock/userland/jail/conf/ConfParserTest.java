package cellblock.userland.jail.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfParserTest {
  /** Files by name; a pattern that ends in a star means all that begin with what is before it. */
  private record Texts(Map<String, String> files) implements Sources {
    @Override
    public String read(String file) throws IOException {
      String text = files.get(file);
      if (text == null) {
        throw new NoSuchFileException(file);
      }
      return text;
    }

    @Override
    public List<String> expand(String including, String pattern) {
      if (!pattern.endsWith("*")) {
        return List.of(pattern);
      }
      String prefix = pattern.substring(0, pattern.length() - 1);
      return files.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }
  }

  private static ConfParser parse(String text) {
    return parse(Map.of("f", text));
  }

  private static ConfParser parse(Map<String, String> files) {
    ConfParser parser = new ConfParser(new Texts(new TreeMap<>(files)));
    parser.file("f", "f");
    return parser;
  }

  /** The jails in one line: name{param=value,value;…}; variables in angle brackets. */
  private static String shown(ConfParser parser) {
    assertThat(parser.complaints().lines()).isEmpty();
    return parser.jails().stream()
        .map(jail ->
            jail.name()
                + jail.params().stream()
                    .map(ConfParserTest::param)
                    .collect(Collectors.joining(";", "{", "}")))
        .collect(Collectors.joining(" "));
  }

  private static String param(ConfParam param) {
    String values =
        param.values().stream()
            .map(value ->
                value.pieces().stream()
                    .map(piece ->
                        switch (piece) {
                          case Piece.Text text -> text.text();
                          case Piece.Variable variable -> "<" + variable.name() + ">";
                        })
                    .collect(Collectors.joining()))
            .collect(Collectors.joining(","));
    String equals = param.values().isEmpty() ? "" : param.append() ? "+=" : "=";
    return (param.variable() ? "$" : "") + param.name() + equals + values;
  }

  private static List<String> complaints(String text) {
    return parse(text).complaints().lines();
  }

  @Test
  void jails_hold_parameters_with_and_without_values() {
    assertThat(shown(parse("a { persist; path = /x/y; ip4.addr = 10.0.0.1, 10.0.0.2; }")))
        .isEqualTo("a{persist;path=/x/y;ip4.addr=10.0.0.1,10.0.0.2}");
  }

  @Test
  void an_equals_sign_may_be_left_out_and_plus_equals_appends() {
    assertThat(shown(parse("a{path /x;exec.start+='b';}"))).isEqualTo("a{path=/x;exec.start+=b}");
  }

  @Test
  void parameters_outside_belong_to_a_wildcard_section_in_their_place() {
    assertThat(shown(parse("x; y=1; a { } z;"))).isEqualTo("*{x;y=1} a{} *{z}");
  }

  @Test
  void all_three_kinds_of_comment_are_skipped() {
    assertThat(shown(parse("# one\n// two\n/* three\n * more */ a { # x\n p; /**/ q; }")))
        .isEqualTo("a{p;q}");
  }

  @Test
  void a_comment_may_begin_in_the_middle_of_a_path() {
    assertThat(shown(parse("a { path = /usr//x\n; }"))).isEqualTo("a{path=/usr}");
  }

  @Test
  void adjoining_strings_make_one() {
    assertThat(shown(parse("a { p = x\"y z\"'w'; }"))).isEqualTo("a{p=xy zw}");
  }

  @Test
  void variables_are_seen_bare_and_in_double_quotes_but_not_in_single_ones() {
    assertThat(
            shown(parse("$v = 1; a { p = $v; q = \"a${host.hostname}b$v.c\"; r = '$v'; s = $; }")))
        .isEqualTo("*{$v=1} a{p=<v>;q=a<host.hostname>b<v>.c;r=$v;s=$}");
  }

  @Test
  void a_dollar_may_be_escaped_in_double_quotes() {
    assertThat(shown(parse("a { p = \"\\$v $v\"; }"))).isEqualTo("a{p=$v <v>}");
  }

  @Test
  void escapes_are_those_of_c() {
    assertThat(shown(parse("a { p = \"\\t\\101\\x41\\n\\\"\\\\\"; q = a\\ b; r = \"x\\\ny\"; }")))
        .isEqualTo("a{p=\tAA\n\"\\;q=a b;r=xy}");
  }

  @Test
  void empty_strings_are_values() {
    assertThat(shown(parse("a { exec.start = ''; exec.stop = \"\"; }")))
        .isEqualTo("a{exec.start=;exec.stop=}");
    assertThat(parse("a { b = ''; }").jails().getFirst().params().getFirst().values()).hasSize(1);
  }

  @Test
  void names_may_have_stars_dots_and_colons() {
    assertThat(shown(parse("foo.* { p; } \"a.*.b\" { q; } v6t-f:x { r; }")))
        .isEqualTo("foo.*{p} a.*.b{q} v6t-f:x{r}");
  }

  @Test
  void a_jail_inside_another_gets_a_dotted_name() {
    assertThat(shown(parse("a { p; b { q; c { r; } } s; }"))).isEqualTo("a{p;s} a.b{q} a.b.c{r}");
  }

  @Test
  void include_takes_in_files_where_it_stands() {
    assertThat(shown(parse(Map.of("f", "x; .include \"d*\"; y;", "d1", "a { p; }", "d2", "b { }"))))
        .isEqualTo("*{x} a{p} b{} *{y}");
  }

  @Test
  void include_of_a_missing_file_a_loop_or_a_variable_is_a_complaint() {
    assertThat(complaints(".include \"none\";")).containsExactly("none: No such file or directory");
    assertThat(complaints(".include \"f\";"))
        .containsExactly("f:1: maximum include depth exceeded");
    assertThat(complaints("\n.include \"$x\";"))
        .containsExactly("f:2: variables not permitted in '.include' filename");
  }

  @Test
  void a_missing_brace_names_the_file_the_line_and_the_jail() {
    assertThat(complaints("ok { }\na {\n  persist;\n\nb { persist; }\n"))
        .containsExactly("f:6: unexpected EOF: no \"}\" for \"a {\" of line 2");
  }

  @Test
  void a_superfluous_brace_and_a_missing_semicolon_are_told_by_line() {
    assertThat(complaints("a {\n}\n}\n")).containsExactly("f:3: }: syntax error");
    assertThat(complaints("a {\n persist\n}\n")).containsExactly("f:3: }: syntax error");
    assertThat(complaints("a {\n p = ;\n q = , x; }"))
        .containsExactly("f:2: ;: syntax error", "f:3: ,: syntax error");
  }

  @Test
  void unterminated_things_are_named() {
    assertThat(complaints("a { }\n/* b")).contains("f:2: unterminated comment");
    assertThat(complaints("a { p = \"x; }\n")).contains("f:1: unterminated string");
    assertThat(complaints("a { p = 'x; }\n")).contains("f:1: unterminated string");
    assertThat(complaints("a { p = ${x;\n}")).contains("f:1: unterminated variable");
  }

  @Test
  void lines_are_counted_through_strings_and_comments() {
    assertThat(complaints("a { p = \"x\ny\"; /*\n\n*/ q = 'z\\\nw';\n}\n}"))
        .containsExactly("f:7: }: syntax error");
  }

  @Test
  void random_bytes_never_throw() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      assertThat(parse(text)).as("seed %d round %d", seed, i).isNotNull();
    }
  }

  @Test
  void mutated_files_never_throw_and_sound_ones_parse() {
    String sound =
        """
        $bridge = "bridge0"; exec.clean;
        # defaults
        path = "/jails/$name"; exec.start = "/bin/sh /etc/rc";
        "a.*" { mount.nodevfs; }
        a { $id = 1; vnet; vnet.interface = "epair${id}b";
          exec.prestart = "ifconfig epair${id} create up", 'x\\'y';
          exec.prestart += "echo \\"hi\\" /* no comment */"; b { persist; } }
        /* end */
        """;
    assertThat(complaints(sound)).isEmpty();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "{}\"'$;=,+/*#\\\n.a ";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(sound);
      for (int k = random.nextInt(6); k >= 0; k--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
          default -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
        }
      }
      assertThat(parse(text.toString())).as("seed %d round %d", seed, i).isNotNull();
    }
  }

  @Test
  void deep_nesting_and_many_mistakes_are_bounded() {
    assertThat(complaints("a{".repeat(100_000)))
        .hasSize(2)
        .first()
        .isEqualTo("f:1: a: jails nested too deeply");
    assertThat(complaints("${\n".repeat(100_000))).hasSizeLessThanOrEqualTo(20);
    List<String> names = new ArrayList<>();
    parse("a{".repeat(50) + "}".repeat(50)).jails().forEach(jail -> names.add(jail.name()));
    assertThat(names).hasSize(50);
  }
}
