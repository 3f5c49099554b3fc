package cellblock.tunnel.wg.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.spec.IvParameterSpec;
import org.junit.jupiter.api.Test;

/** The two AEADs against RFC 8439 and draft-irtf-cfrg-xchacha-03. */
class AeadTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] TEXT =
      ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future,"
              + " sunscreen would be it.")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AD = HEX.parseHex("50515253c0c1c2c3c4c5c6c7");

  private static byte[] range(int from, int count) {
    byte[] out = new byte[count];
    for (int i = 0; i < count; i++) {
      out[i] = (byte) (from + i);
    }
    return out;
  }

  @Test
  void chacha20_poly1305_is_as_in_section_2_8_2() {
    byte[] out = new byte[TEXT.length + Aead.TAG];
    IvParameterSpec iv = new IvParameterSpec(HEX.parseHex("070000004041424344454647"));
    new Aead().seal(Aead.key(range(0x80, 32)), iv, AD, TEXT, TEXT.length, out, 0);
    assertThat(HEX.formatHex(out))
        .startsWith("d31a8d34648e60db7b86afbc53ef7ec2")
        .endsWith("1ae10b594f09e26a7e902ecbd0600691");
  }

  @Test
  void hchacha20_is_as_in_section_2_2_1_of_the_draft() {
    byte[] nonce = HEX.parseHex("000000090000004a0000000031415927");
    assertThat(HEX.formatHex(XAead.hchacha(range(0, 32), nonce)))
        .isEqualTo("82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc");
  }

  @Test
  void xchacha20_poly1305_is_as_in_appendix_a_3_1() {
    XAead x = new XAead(new Aead());
    byte[] nonce = range(0x40, 24);
    byte[] out = new byte[TEXT.length + Aead.TAG];
    x.seal(range(0x80, 32), nonce, AD, TEXT, out, 0);
    assertThat(HEX.formatHex(out))
        .startsWith("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb")
        .endsWith("c0875924c1c7987947deafd8780acf49");
    byte[] back = new byte[TEXT.length];
    assertThat(x.open(range(0x80, 32), nonce, AD, out, back)).isTrue();
    assertThat(back).isEqualTo(TEXT);
    out[3] ^= 1;
    assertThat(x.open(range(0x80, 32), nonce, AD, out, back)).isFalse();
  }

  @Test
  void in_place_and_at_an_offset_it_opens_what_it_sealed_and_nothing_else() {
    Aead a = new Aead();
    byte[] buf = new byte[200];
    System.arraycopy(TEXT, 0, buf, 40, TEXT.length);
    a.seal(Aead.key(range(1, 32)), 77, buf, 40, TEXT.length);
    byte[] sealed = buf.clone();
    int whole = TEXT.length + Aead.TAG;
    assertThat(a.open(Aead.key(range(1, 32)), 77, buf, 40, whole)).isTrue();
    assertThat(Arrays.copyOfRange(buf, 40, 40 + TEXT.length)).isEqualTo(TEXT);
    // The same counter again opens again: that it came before is the window's business.
    buf = sealed.clone();
    assertThat(a.open(Aead.key(range(1, 32)), 77, buf, 40, whole)).isTrue();
    buf = sealed.clone();
    assertThat(a.open(Aead.key(range(1, 32)), 78, buf, 40, whole)).isFalse();
    buf = sealed.clone();
    buf[40 + whole - 1] ^= 1;
    assertThat(a.open(Aead.key(range(1, 32)), 77, buf, 40, whole)).isFalse();
    buf = sealed.clone();
    assertThat(a.open(Aead.key(range(1, 32)), 77, buf, 40, 15)).isFalse();
  }
}
