package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
  @Test
  void prints_lower_case_with_two_digits_a_byte() {
    assertThat(MacAddress.parse("2:0:A:b:c:FF")).hasToString("02:00:0a:0b:0c:ff");
    assertThat(MacAddress.BROADCAST).hasToString("ff:ff:ff:ff:ff:ff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "02:00:00:00:00",
        "02:00:00:00:00:00:00",
        "02:00:00:00:00:",
        ":02:00:00:00:00:00",
        "02:00:00:00:00:001",
        "02:00:00:00:00:0g",
        "02-00-00-00-00-00",
        "02:00:00:00:00:٠1"
      })
  void refuses_what_is_not_an_ethernet_address(String text) {
    assertThat(MacAddress.tryParse(text)).isNull();
    assertThatThrownBy(() -> MacAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knows_groups_and_local_addresses() {
    assertThat(MacAddress.BROADCAST.isMulticast()).isTrue();
    assertThat(MacAddress.parse("01:00:5e:00:00:01").isMulticast()).isTrue();
    assertThat(MacAddress.parse("02:00:00:00:00:01").isMulticast()).isFalse();
    assertThat(MacAddress.parse("02:00:00:00:00:01").isLocal()).isTrue();
    assertThat(MacAddress.parse("00:00:5e:00:00:01").isLocal()).isFalse();
  }

  @Test
  void multicast_groups_map_as_rfc_1112_and_2464_say() {
    assertThat(MacAddress.toString(MacAddress.ofGroup4(Ip4Address.parse("239.129.2.3").bits())))
        .isEqualTo("01:00:5e:01:02:03");
    assertThat(MacAddress.toString(MacAddress.ofGroup6(Ip6Address.of("ff02::1:ff28:9c5a").lo())))
        .isEqualTo("33:33:ff:28:9c:5a");
  }

  @Test
  void window_and_text_round_trip() {
    Seeded seeded = Seeded.forTest("mac round trip");
    byte[] buf = new byte[16];
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      MacAddress mac = seeded.mac();
      int off = seeded.below(10);
      MacAddress.put(buf, off, mac.bits());
      assertThat(MacAddress.get(buf, off)).isEqualTo(mac.bits());
      assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
      assertThat(mac.bytes()).isEqualTo(Arrays.copyOfRange(buf, off, off + 6));
    }
  }
}
