package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys of WireGuard, and the curve below them (RFC 7748). */
class WgKeyTest {
  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void x25519_is_as_in_section_5_2_of_the_rfc() {
    byte[] out =
        X25519.agree(
            hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
            hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
    assertThat(out)
        .isEqualTo(hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"));
    out =
        X25519.agree(
            hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"),
            hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"));
    assertThat(out)
        .isEqualTo(hex("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"));
  }

  @Test
  void two_sides_agree_as_in_section_6_1() {
    byte[] alice = hex("01".repeat(32));
    byte[] bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    assertThat(X25519.publicKey(bob))
        .isEqualTo(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    assertThat(X25519.agree(alice, X25519.publicKey(bob)))
        .isEqualTo(X25519.agree(bob, X25519.publicKey(alice)));
  }

  @Test
  void a_point_of_small_order_gives_nothing() {
    byte[] secret = new byte[32];
    new Random(1).nextBytes(secret);
    byte[] one = new byte[32];
    one[0] = 1;
    assertThat(X25519.agree(secret, new byte[32])).isNull();
    assertThat(X25519.agree(secret, one)).isNull();
    assertThat(
            X25519.agree(
                secret, hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")))
        .isNull();
  }

  @Test
  void a_key_has_one_spelling() {
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      WgKey key = WgKey.of(bytes);
      assertThat(key.base64()).isEqualTo(Base64.getEncoder().encodeToString(bytes));
      assertThat(WgKey.tryParse(key.base64())).isEqualTo(key).hasSameHashCodeAs(key);
      assertThat(key.toString()).doesNotContain(key.base64());
    }
    assertThat(WgKey.tryParse("")).isNull();
    assertThat(WgKey.tryParse("x".repeat(44))).isNull();
    assertThat(WgKey.tryParse("A".repeat(42) + "B=")).isNull(); // bits beyond the key
    assertThat(WgKey.tryParse("A".repeat(43) + "=")).isEqualTo(WgKey.zero());
    assertThat(WgKey.tryParse(" " + "A".repeat(42) + "=")).isNull();
  }
}
