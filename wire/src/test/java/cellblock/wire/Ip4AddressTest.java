package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ip4AddressTest {
  @Test
  void the_int_is_the_wire_form_and_the_key_is_left_aligned() {
    Ip4Address address = Ip4Address.parse("192.0.2.1");
    assertThat(address.bits()).isEqualTo(0xc0000201);
    assertThat(address.bytes()).containsExactly(192, 0, 2, 1);
    assertThat(address.hi()).isEqualTo(0xc0000201_00000000L);
    assertThat(address.lo()).isZero();
    assertThat(address.width()).isEqualTo(32);
    assertThat(IpAddress.ofKey(Family.INET, address.hi(), 0)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "1",
        "1.2.3",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "256.0.0.1",
        "1.2.3.04",
        "01.2.3.4",
        "00.0.0.0",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.x",
        "-1.2.3.4",
        "1.2.3.4294967297",
        "1.2.3.٤"
      })
  void a_dotted_quad_is_strict(String text) {
    assertThat(Ip4Address.tryParse(text)).isNull();
    assertThatThrownBy(() -> Ip4Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "127.1, 127.0.0.1",
    "10, 0.0.0.10",
    "10.1.2, 10.1.0.2",
    "10.65536, 10.1.0.0",
    "0x7f000001, 127.0.0.1",
    "0X7F.1, 127.0.0.1",
    "017700000001, 127.0.0.1",
    "4294967295, 255.255.255.255",
    "1.2.3.010, 1.2.3.8",
    "0, 0.0.0.0",
    "'1.2.3.4 ', 1.2.3.4"
  })
  void inet_aton_forms_are_read_as_c_reads_them(String text, String quad) {
    assertThat(Ip4Address.tryParseAton(text)).isEqualTo(Ip4Address.parse(quad));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4294967296",
        "1.16777216",
        "1.2.65536",
        "1.2.3.256",
        "256.1",
        "1.2.3.4.5",
        "08",
        "0x",
        "0xg",
        "1.",
        ".1",
        "1..2",
        "a",
        "-1",
        "99999999999999999999999"
      })
  void inet_aton_refuses_numbers_that_do_not_fit(String text) {
    assertThat(Ip4Address.tryParseAton(text)).isNull();
  }

  @Test
  void ranges_are_those_of_in_h() {
    assertThat(Ip4Address.parse("224.0.0.1").isMulticast()).isTrue();
    assertThat(Ip4Address.parse("239.255.255.255").isMulticast()).isTrue();
    assertThat(Ip4Address.parse("240.0.0.0").isMulticast()).isFalse();
    assertThat(Ip4Address.isExperimental(0xf0000000)).isTrue();
    assertThat(Ip4Address.parse("127.255.0.1").isLoopback()).isTrue();
    assertThat(Ip4Address.parse("128.0.0.1").isLoopback()).isFalse();
    assertThat(Ip4Address.parse("169.254.3.4").isLinkLocal()).isTrue();
    assertThat(Ip4Address.ANY.isUnspecified()).isTrue();
    assertThat(Ip4Address.isPrivate(Ip4Address.parse("172.31.0.1").bits())).isTrue();
    assertThat(Ip4Address.isPrivate(Ip4Address.parse("172.32.0.1").bits())).isFalse();
    assertThat(Ip4Address.isLocalGroup(Ip4Address.ALL_IGMP3.bits())).isTrue();
  }

  @Test
  void netmasks_print_as_ifconfig_prints_them() {
    assertThat(Ip4Address.hexMask(Ip4Address.mask(24))).isEqualTo("0xffffff00");
    assertThat(Ip4Address.hexMask(Ip4Address.mask(0))).isEqualTo("0x00000000");
    assertThat(Ip4Address.hexMask(0x0000ff00)).isEqualTo("0x0000ff00");
    for (int length = 0; length <= 32; length++) {
      assertThat(Ip4Address.maskLength(Ip4Address.mask(length))).isEqualTo(length);
    }
    assertThat(Ip4Address.maskLength(0xff00ff00)).isEqualTo(-1);
    assertThat(Ip4Address.maskLength(1)).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,8",
    "127.0.0.1,8",
    "128.0.0.1,16",
    "191.255.0.1,16",
    "192.0.2.1,24",
    "223.255.255.1,24",
    "224.0.0.1,32",
    "240.0.0.1,32"
  })
  void classes_give_the_default_mask(String address, int length) {
    assertThat(Ip4Address.classLength(Ip4Address.parse(address).bits())).isEqualTo(length);
  }

  @Test
  void text_round_trips_and_agrees_with_java() throws Exception {
    Seeded seeded = Seeded.forTest("ip4 text");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Ip4Address address = seeded.ip4();
      String text = address.toString();
      assertThat(Ip4Address.parse(text)).isEqualTo(address);
      assertThat(Objects.requireNonNull(Ip4Address.tryParseAton(text))).isEqualTo(address);
      assertThat(InetAddress.getByAddress(address.bytes()).getHostAddress()).isEqualTo(text);
    }
  }
}
