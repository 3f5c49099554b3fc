package cellblock.packetdrill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LexerTest {
  private static List<String> words(String text) throws ScriptException {
    return Lexer.tokens(text, Set.of()).stream().map(t -> t.kind() + " " + t.text()).toList();
  }

  @Test
  void the_longest_match_wins() throws ScriptException {
    assertThat(words("1:1(0) 0.1...0.2 5abc 0x1f -3 .5"))
        .containsExactly(
            "INTEGER 1",
            "SYMBOL :",
            "INTEGER 1",
            "SYMBOL (",
            "INTEGER 0",
            "SYMBOL )",
            "FLOAT 0.1",
            "ELLIPSIS ...",
            "FLOAT 0.2",
            "WORD 5abc",
            "HEX 0x1f",
            "INTEGER -3",
            "FLOAT .5",
            "END ");
  }

  @Test
  void addresses_are_no_numbers() throws ScriptException {
    assertThat(words("192.0.2.1 2001:db8::1 fe80::1"))
        .containsExactly("ADDRESS4 192.0.2.1", "ADDRESS6 2001:db8::1", "ADDRESS6 fe80::1", "END ");
  }

  @Test
  void places_count_from_one_and_lines_inside_of_quotes_count() throws ScriptException {
    List<Token> tokens = Lexer.tokens("a\n `x\ny` b", Set.of());
    assertThat(tokens.get(1).line()).isEqualTo(2);
    assertThat(tokens.get(1).column()).isEqualTo(2);
    assertThat(tokens.get(2).line()).isEqualTo(3);
    assertThat(tokens.get(2).column()).isEqualTo(4);
  }

  @Test
  void whatever_comes_is_parsed_or_refused_with_a_place() {
    long seed = 4711;
    Random random = new Random(seed);
    String alphabet = "0123456789.:+-*~<>()[]{}=,|`\"%#/! \n\tSFRP.ackwinmsTSval_";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(60); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        Parser.parse(text.toString());
      } catch (ScriptException e) {
        assertThat(e.line()).as("seed %d, %s", seed, text).isPositive();
        assertThat(e.column()).as("seed %d, %s", seed, text).isPositive();
      }
    }
  }
}
