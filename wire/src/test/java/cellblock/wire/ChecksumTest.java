package cellblock.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  /** Why: see the method. */
  @Test
  void the_sum_is_too_large_to_be_inlined() throws IOException {
    try (InputStream in = Checksum.class.getResourceAsStream("Checksum.class")) {
      assertThat(in).isNotNull();
      assertThat(
              ClassFile.of().parse(in.readAllBytes()).methods().stream()
                  .filter(m -> m.methodName().equalsString("sum"))
                  .map(m -> ((CodeAttribute) m.code().orElseThrow()).codeLength()))
          .singleElement()
          .satisfies(length -> assertThat(length).isGreaterThan(325));
    }
  }

  @Test
  void the_example_of_rfc_1071_sums_to_ddf2() {
    byte[] data = Octets.hex("0001 f203 f4f5 f6f7").toBytes();
    assertThat(Checksum.sum(data, 0, 8)).isEqualTo(0xddf2);
    assertThat(Checksum.of(data, 0, 8)).isEqualTo(0x220d);
  }

  @Test
  void the_example_of_rfc_1624_gives_zero_and_not_all_ones() {
    assertThat(Checksum.update16(0xdd2f, 0x5555, 0x3285)).isZero();
  }

  @Test
  void a_well_known_header_verifies() {
    byte[] header = Octets.hex("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7").toBytes();
    assertThat(Ip4Header.verifies(header, 0)).isTrue();
    header[8]--;
    assertThat(Ip4Header.verifies(header, 0)).isFalse();
  }

  @Test
  void agrees_with_a_byte_wise_sum_at_every_offset_and_length() {
    Seeded seeded = Seeded.forTest("checksum");
    byte[] data = seeded.bytes(300);
    for (int off = 0; off < 9; off++) {
      for (int length = 0; length <= 280; length++) {
        assertThat(Checksum.sum(data, off, length)).isEqualTo(reference(data, off, length));
      }
    }
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      byte[] random = seeded.bytes(seeded.below(1600));
      int off = random.length == 0 ? 0 : seeded.below(random.length);
      int length = random.length - off;
      assertThat(Checksum.sum(random, off, length)).isEqualTo(reference(random, off, length));
    }
  }

  @Test
  void the_largest_packet_of_ones_does_not_overflow() {
    byte[] ones = new byte[65535];
    Arrays.fill(ones, (byte) 0xff);
    assertThat(Checksum.sum(ones, 0, 65535)).isEqualTo(reference(ones, 0, 65535));
    assertThat(Checksum.fold(-1L)).isEqualTo(0xffff);
    assertThat(Checksum.fold(Long.MAX_VALUE)).isEqualTo(0x7fff);
  }

  @Test
  void parts_add_up_to_the_whole_also_at_an_odd_byte() {
    Seeded seeded = Seeded.forTest("checksum parts");
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      byte[] data = seeded.bytes(2 + seeded.below(100));
      int cut = seeded.below(data.length);
      int first = Checksum.sum(data, 0, cut);
      int second = Checksum.sum(data, cut, data.length - cut);
      int joined = Checksum.add(first, (cut & 1) == 0 ? second : Checksum.swap(second));
      assertThat(joined).isEqualTo(Checksum.sum(data, 0, data.length));
    }
  }

  @Test
  void an_incremental_update_equals_the_recomputation() {
    Seeded seeded = Seeded.forTest("checksum update");
    byte[] data = new byte[64];
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      System.arraycopy(seeded.bytes(64), 0, data, 0, 64);
      data[63] = 1; // RFC 1624 assumes that not all of the data is zero
      int field = Checksum.of(data, 0, 64);
      int at = seeded.below(30) * 2;
      if (seeded.flag()) {
        int before = BigEndian.get16(data, at);
        BigEndian.put16(data, at, seeded.below(4) == 0 ? 0xffff * seeded.below(2) : seeded.u16());
        field = Checksum.update16(field, before, BigEndian.get16(data, at));
      } else {
        int before = BigEndian.get32(data, at);
        BigEndian.put32(data, at, seeded.below(4) == 0 ? -seeded.below(2) : seeded.u32());
        field = Checksum.update32(field, before, BigEndian.get32(data, at));
      }
      assertThat(field).isEqualTo(Checksum.of(data, 0, 64));
    }
  }

  @Test
  void a_header_without_options_verifies_as_any_bytes_do() {
    long seed = 20;
    SplittableRandom random = new SplittableRandom(seed);
    byte[] buf = new byte[64];
    for (int i = 0; i < 20_000; i++) {
      random.nextBytes(buf);
      int off = random.nextInt(40);
      if (i % 2 == 0) {
        buf[off + 10] = 0;
        buf[off + 11] = 0;
        int sum = Checksum.of(buf, off, 20);
        buf[off + 10] = (byte) (sum >> 8);
        buf[off + 11] = (byte) sum;
        assertThat(Checksum.verifies20(buf, off)).as("seed %d", seed).isTrue();
      }
      assertThat(Checksum.verifies20(buf, off))
          .as("seed %d", seed)
          .isEqualTo(Checksum.verifies(buf, off, 20));
    }
    assertThat(Checksum.verifies20(new byte[20], 0)).isFalse();
  }

  @Test
  void decrementing_the_ttl_keeps_the_header_valid() {
    Seeded seeded = Seeded.forTest("ttl");
    byte[] buf = new byte[Ip4Header.MAXIMUM_LENGTH];
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      seeded.header4().emit(buf, 0);
      int ttl = Ip4Header.ttl(buf, 0);
      if (ttl > 0) {
        Ip4Header.decrementTtl(buf, 0);
        assertThat(Ip4Header.ttl(buf, 0)).isEqualTo(ttl - 1);
        int updated = Ip4Header.checksum(buf, 0);
        Ip4Header.fillChecksum(buf, 0);
        assertThat(updated).isEqualTo(Ip4Header.checksum(buf, 0));
      }
    }
  }

  @Test
  void pseudo_headers_sum_as_if_they_were_bytes() {
    Seeded seeded = Seeded.forTest("pseudo headers");
    byte[] buf = new byte[40];
    for (int i = 0; i < Seeded.ROUNDS; i++) {
      Ip4Address from = seeded.ip4();
      Ip4Address to = seeded.ip4();
      int protocol = seeded.u8();
      int length = seeded.u16();
      from.emit(buf, 0);
      to.emit(buf, 4);
      BigEndian.put16(buf, 8, protocol);
      BigEndian.put16(buf, 10, length);
      assertThat(Checksum.pseudo4(from.bits(), to.bits(), protocol, length))
          .isEqualTo(reference(buf, 0, 12));
      Ip6Address from6 = seeded.ip6();
      Ip6Address to6 = seeded.ip6();
      from6.emit(buf, 0);
      to6.emit(buf, 16);
      BigEndian.put32(buf, 32, length);
      BigEndian.put32(buf, 36, protocol);
      assertThat(Checksum.pseudo6(from6.hi(), from6.lo(), to6.hi(), to6.lo(), protocol, length))
          .isEqualTo(reference(buf, 0, 40));
      byte[] header = new byte[Ip6Header.LENGTH];
      new Ip6Header(0, 0, length, protocol, 64, from6, to6).emit(header, 0);
      assertThat(Ip6Header.pseudo(header, 0, protocol, length)).isEqualTo(reference(buf, 0, 40));
    }
  }

  @Test
  void udp_sends_a_zero_checksum_as_all_ones() {
    assertThat(Checksum.finishUdp(0xffff)).isEqualTo(0xffff);
    assertThat(Checksum.finishUdp(0xfffe)).isEqualTo(1);
  }

  /** The definition, two bytes at a time, carries folded at each step. */
  private static int reference(byte[] data, int off, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (data[off + i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
      if (sum > 0xffff) {
        sum -= 0xffff;
      }
    }
    return sum;
  }
}
