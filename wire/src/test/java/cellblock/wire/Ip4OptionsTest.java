package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ip4OptionsTest {
  private static final Ip4Address A = Ip4Address.parse("10.0.0.1");
  private static final Ip4Address B = Ip4Address.parse("10.0.0.2");

  private static byte[] header(Octets options) {
    Ip4Header header = new Ip4Header(0, 60, 0, 0, 0, 64, IpProtocol.ICMP, A, B, options);
    byte[] buf = new byte[Ip4Header.MAXIMUM_LENGTH];
    header.emit(buf, 0);
    return buf;
  }

  @Test
  void builders_write_what_rfc_791_draws() {
    assertThat(Ip4Options.recordRoute(1)).isEqualTo(Octets.hex("07 07 04 00000000 00"));
    assertThat(Ip4Options.recordRoute(9).length()).isEqualTo(40);
    assertThat(Ip4Options.sourceRoute(false, List.of(A, B)))
        .isEqualTo(Octets.hex("01 83 0b 04 0a000001 0a000002"));
    assertThat(Ip4Options.sourceRoute(true, List.of(A)).get(1)).isEqualTo(Ip4Options.SSRR);
    assertThat(Ip4Options.timestamp(Ip4Options.TS_ONLY, 1))
        .isEqualTo(Octets.hex("44080500 00000000"));
    assertThat(Ip4Options.timestamp(Ip4Options.TS_AND_ADDRESS, 4).length()).isEqualTo(36);
    assertThat(Ip4Options.routerAlert()).isEqualTo(Octets.hex("94040000"));
    assertThatThrownBy(() -> Ip4Options.recordRoute(10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_option_is_found_behind_others() {
    byte[] buf = header(Octets.hex("01 01 94040000 0707 04 0a000001 00 00 00"));
    assertThat(Ip4Options.check(buf, 0)).isEqualTo(Defect.NONE);
    assertThat(Ip4Options.find(buf, 0, Ip4Options.RA)).isEqualTo(22);
    assertThat(Ip4Options.find(buf, 0, Ip4Options.RR)).isEqualTo(26);
    assertThat(Ip4Options.find(buf, 0, Ip4Options.TS)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "07000400, 21", // a length of zero
    "07010400, 21", // shorter than itself
    "07090400, 21", // past the header
    "01010107, 24", // no room for a length
    "07020101, 21", // no room for a pointer
    "07030300, 22", // the pointer is inside the option's own header
    "44030500, 21", // a timestamp without its flags
    "44040400, 22", // pointer below five
    "94030000, 21" // router alert is four bytes
  })
  void a_bad_option_names_the_byte_to_blame(String options, int index) {
    byte[] buf = header(Octets.hex(options));
    assertThat(Ip4Options.check(buf, 0)).isEqualTo(Defect.BAD_OPTION);
    assertThat(Ip4Options.checkRange(buf, 20, 24)).isEqualTo(index);
  }

  @Test
  void nothing_behind_the_end_of_the_list_counts() {
    assertThat(Ip4Options.check(header(Octets.hex("00070000")), 0)).isEqualTo(Defect.NONE);
  }

  @Test
  void options_print_their_addresses_and_pointer() {
    assertThat(Ip4Options.text(Ip4Options.sourceRoute(false, List.of(A, B))))
        .isEqualTo("NOP,LSRR 10.0.0.1^, 10.0.0.2");
    assertThat(Ip4Options.text(Octets.hex("94040000 070a0400"))).isEqualTo("RA,[bad]");
  }
}
