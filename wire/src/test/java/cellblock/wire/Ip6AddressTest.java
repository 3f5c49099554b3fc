package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ip6AddressTest {
  @ParameterizedTest
  @CsvSource({
    // RFC 4291 section 2.2
    "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789, abcd:ef01:2345:6789:abcd:ef01:2345:6789",
    "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
    "FF01:0:0:0:0:0:0:101, ff01::101",
    "0:0:0:0:0:0:0:1, ::1",
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:13.1.68.3, ::13.1.68.3",
    "::FFFF:129.144.52.38, ::ffff:129.144.52.38",
    // RFC 5952 sections 2 and 4
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8::0:1, 2001:db8::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8::aaaa:0:0:1, 2001:db8::aaaa:0:0:1",
    "::ffff:c000:0201, ::ffff:192.0.2.1",
    "1::, 1::",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "::2, ::2",
    "::ffff, ::ffff",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221"
  })
  void every_form_prints_in_one_way(String text, String canonical) {
    assertThat(Ip6Address.of(text)).hasToString(canonical);
    assertThat(Ip6Address.of(canonical)).isEqualTo(Ip6Address.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":::",
        "1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "12345::",
        "g::",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7:8",
        "1:",
        ":1",
        "::1.2.3",
        "::1.2.3.4.5",
        "::256.1.1.1",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3.4:5",
        "fe80::1%",
        "::1 ",
        " ::1",
        "::-1",
        "::+1",
        "::٠"
      })
  void refuses_what_is_not_an_address(String text) {
    assertThat(Ip6Address.tryParse(text)).isNull();
    assertThatThrownBy(() -> Ip6Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_zone_stays_a_name_unless_it_is_a_number() {
    Ip6Address.Zoned named = Ip6Address.parse("fe80::1%epair0a");
    assertThat(named.zone()).isEqualTo("epair0a");
    assertThat(named.address()).isEqualTo(new Ip6Address(0xfe80L << 48, 1, 0));
    assertThat(named).hasToString("fe80::1%epair0a");
    assertThat(Ip6Address.parse("fe80::1%3").address().scopeId()).isEqualTo(3);
    assertThat(Ip6Address.of("fe80::1%3")).hasToString("fe80::1%3");
    assertThat(Ip6Address.tryOf("fe80::1%em0")).isNull();
    assertThat(Ip6Address.of("fe80::1").toString("em0")).isEqualTo("fe80::1%em0");
  }

  @Test
  void ranges_are_those_of_rfc_4291() {
    assertThat(Ip6Address.of("ff02::1").isMulticast()).isTrue();
    assertThat(Ip6Address.of("ff02::1").multicastScope()).isEqualTo(2);
    assertThat(Ip6Address.of("ff02::1").needsZone()).isTrue();
    assertThat(Ip6Address.of("fe80::1").isLinkLocal()).isTrue();
    assertThat(Ip6Address.of("febf::1").isLinkLocal()).isTrue();
    assertThat(Ip6Address.of("fec0::1").isLinkLocal()).isFalse();
    assertThat(Ip6Address.of("fd00::1").isUniqueLocal()).isTrue();
    assertThat(Ip6Address.LOOPBACK.isLoopback()).isTrue();
    assertThat(Ip6Address.ANY.isUnspecified()).isTrue();
    assertThat(Ip6Address.of("::ffff:1.2.3.4").isV4Mapped()).isTrue();
    assertThat(Ip6Address.of("2001:db8::28:9c5a").solicitedNode()).hasToString("ff02::1:ff28:9c5a");
  }

  @Test
  void text_agrees_with_java_in_both_directions() throws Exception {
    Seeded seeded = Seeded.forTest("ip6 text");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Ip6Address address = seeded.ip6();
      assertThat(Ip6Address.of(address.toString())).isEqualTo(address);
      byte[] theirs = InetAddress.getByName(address.toString()).getAddress();
      byte[] whole =
          theirs.length == 4 ? Ip6Address.mapped(BigEndian.get32(theirs, 0)).bytes() : theirs;
      assertThat(whole).isEqualTo(address.bytes());
      String full = Inet6Address.getByAddress(null, address.bytes(), -1).getHostAddress();
      assertThat(Ip6Address.of(full)).isEqualTo(address);
      assertThat(IpAddress.parse(full)).isEqualTo(address);
      assertThat(IpAddress.of(address.bytes())).isEqualTo(address);
    }
  }

  @Test
  void a_text_without_double_colon_has_no_two_zero_groups_in_a_row_and_never_leading_zeros() {
    Seeded seeded = Seeded.forTest("ip6 shortest");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      String text = seeded.ip6().toString();
      assertThat(text.length()).isLessThanOrEqualTo(39);
      assertThat(text).doesNotMatch(".*[A-Z].*").doesNotMatch(".*(^|:)0[0-9a-f].*");
      if (!text.contains("::")) {
        assertThat(text).doesNotMatch("(.*:)?0:0(:.*)?");
      }
    }
  }
}
