package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
  @Test
  void host_bits_stay_until_canonical() {
    IpPrefix prefix = IpPrefix.parse("192.0.2.77/26");
    assertThat(prefix).hasToString("192.0.2.77/26");
    assertThat(prefix.isCanonical()).isFalse();
    assertThat(prefix.canonical()).hasToString("192.0.2.64/26");
    assertThat(prefix.netmask()).hasToString("255.255.255.192");
    assertThat(prefix.broadcast()).hasToString("192.0.2.127");
    assertThat(IpPrefix.parse("2001:db8::1:2/64").canonical()).hasToString("2001:db8::/64");
    assertThat(IpPrefix.parse("2001:db8::1:2/64").netmask()).hasToString("ffff:ffff:ffff:ffff::");
  }

  @Test
  void a_bare_address_is_its_host_prefix() {
    assertThat(IpPrefix.parse("192.0.2.1")).isEqualTo(IpPrefix.host(Ip4Address.parse("192.0.2.1")));
    assertThat(IpPrefix.parse("::1").length()).isEqualTo(128);
    assertThat(IpPrefix.parse("0.0.0.0/0").isDefault()).isTrue();
    assertThat(IpPrefix.parse("::/0")).isEqualTo(IpPrefix.DEFAULT6);
    assertThat(IpPrefix.parse("192.0.2.0/31").broadcast()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/24", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "::/129", "1/8"})
  void refuses_what_is_not_a_prefix(String text) {
    assertThat(IpPrefix.tryParse(text)).isNull();
    assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void netmask_and_length_are_one_thing_in_two_forms() {
    for (Family family : Family.values()) {
      for (int length = 0; length <= family.width(); length++) {
        IpAddress mask = IpPrefix.mask(family, length);
        assertThat(IpPrefix.maskLength(mask)).isEqualTo(length);
        BigInteger ones = BigInteger.ONE.shiftLeft(length).subtract(BigInteger.ONE);
        BigInteger expected = ones.shiftLeft(family.width() - length);
        assertThat(new BigInteger(1, mask.bytes())).isEqualTo(expected);
      }
    }
    assertThat(IpPrefix.maskLength(Ip4Address.parse("255.0.255.0"))).isEqualTo(-1);
    assertThat(IpPrefix.maskLength(Ip6Address.of("ffff:ffff:ffff:fffe:8000::"))).isEqualTo(-1);
    assertThatThrownBy(() -> IpPrefix.of(Ip4Address.ANY, Ip4Address.parse("0.0.0.1")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void contains_agrees_with_arithmetic() {
    Seeded seeded = Seeded.forTest("prefix contains");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      IpAddress base = seeded.flag() ? seeded.ip4() : seeded.ip6();
      IpPrefix prefix = new IpPrefix(base, seeded.below(base.width() + 1));
      int flip = seeded.below(base.width());
      BigInteger other = new BigInteger(1, base.bytes()).flipBit(base.width() - 1 - flip);
      IpAddress near = fromNumber(other, base.width());
      assertThat(prefix.contains(near)).isEqualTo(flip >= prefix.length());
      assertThat(prefix.contains(base)).isTrue();
      assertThat(prefix.canonical().isCanonical()).isTrue();
      assertThat(prefix.canonical().contains(prefix)).isTrue();
      assertThat(prefix.overlaps(IpPrefix.host(near))).isEqualTo(flip >= prefix.length());
      assertThat(Objects.requireNonNull(IpPrefix.tryParse(prefix.toString()))).isEqualTo(prefix);
    }
  }

  private static IpAddress fromNumber(BigInteger number, int width) {
    byte[] all = number.add(BigInteger.ONE.shiftLeft(width)).toByteArray();
    return IpAddress.of(Arrays.copyOfRange(all, all.length - width / 8, all.length));
  }

  @Test
  void families_do_not_mix_and_the_order_is_by_number() {
    assertThat(IpPrefix.DEFAULT4.contains(Ip6Address.LOOPBACK)).isFalse();
    List<IpPrefix> list = new ArrayList<>();
    for (String text : List.of("::/0", "200.0.0.0/8", "10.0.0.0/16", "10.0.0.0/8", "8000::/1")) {
      list.add(IpPrefix.parse(text));
    }
    Collections.sort(list);
    assertThat(list.toString()).isEqualTo("[10.0.0.0/8, 10.0.0.0/16, 200.0.0.0/8, ::/0, 8000::/1]");
  }
}
