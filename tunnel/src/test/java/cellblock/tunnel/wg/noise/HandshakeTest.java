package cellblock.tunnel.wg.noise;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.tunnel.wg.noise.CookieChecker.Verdict;
import cellblock.wire.WgKey;
import cellblock.wire.WgMessage;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two sides of the protocol with each other, and with what wireguard-go has said. */
class HandshakeTest {
  private static final long SECOND = Limits.SECOND;
  private static final long WALL = 1_700_000_000_123_456_789L;

  /** Two sides that know each other; time is the test's. */
  private static final class Pair {
    final Local a;
    final Local b;
    final Remote toB;
    final Remote toA;
    long now = 1000 * SECOND;

    Pair(long seed) {
      Random random = new Random(seed);
      a = new Local(random);
      b = new Local(random);
      a.privateKey(WgKey.of(Remote.secret(random)));
      b.privateKey(WgKey.of(Remote.secret(random)));
      toB = a.add(publicKey(b), "b");
      toA = b.add(publicKey(a), "a");
    }

    private static WgKey publicKey(Local l) {
      WgKey key = l.publicKey();
      if (key == null) {
        throw new IllegalStateException();
      }
      return key;
    }

    byte[] initiation() {
      byte[] m = new byte[WgMessage.INITIATION_LENGTH];
      assertThat(toB.initiate(m, 0, now, WALL + now)).isTrue();
      return m;
    }

    byte[] response() {
      byte[] m = new byte[WgMessage.RESPONSE_LENGTH];
      assertThat(toA.respond(m, 0, now)).isTrue();
      return m;
    }

    void handshake() {
      assertThat(b.initiation(initiation(), 0, now)).isSameAs(toA);
      assertThat(a.response(response(), 0, now)).isSameAs(toB);
    }

    /** Whether 20 bytes go from one side to the other. */
    boolean carries(Remote from, Local to) {
      byte @Nullable [] m = seal(from);
      return m != null && opens(to, m);
    }

    byte @Nullable [] seal(Remote from) {
      Keypair k = from.sending(now);
      if (k == null) {
        return null;
      }
      byte[] m = new byte[WgMessage.DATA_HEADER + 20 + WgMessage.TAG];
      Arrays.fill(m, WgMessage.DATA_HEADER, WgMessage.DATA_HEADER + 20, (byte) 7);
      k.seal(m, WgMessage.DATA_HEADER, 20);
      return m;
    }

    boolean opens(Local to, byte[] sealed) {
      byte[] m = sealed.clone();
      Keypair k = to.session(m, 0);
      if (k == null || !k.open(m, 0, m.length, now)) {
        return false;
      }
      assertThat(m[WgMessage.DATA_HEADER + 19]).isEqualTo((byte) 7);
      if (!k.accept(WgMessage.get64(m, WgMessage.DATA_COUNTER))) {
        return false;
      }
      k.remote().heard(k);
      return true;
    }
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static WgKey key(String base64) {
    WgKey k = WgKey.tryParse(base64);
    if (k == null) {
      throw new IllegalArgumentException(base64);
    }
    return k;
  }

  /**
   * A conversation with wireguard-go 0.0.20220316, recorded: this side began, then the other. What
   * this side says follows from the keys and from Random(7).
   */
  @Test
  void what_wireguard_go_says_is_understood_and_what_it_understood_is_said() {
    Local l = new Local(new Random(7));
    l.privateKey(key("KJ2s2gGYH7Fmff0wKwupD8hjruebHJgX/vcpg5LQo3A="));
    Remote r = l.add(key("loER2NK4DwGylpJwQDkaBtDRGfdhijbM6LAq9/1pAQM="), "go");
    r.psk(key("/Txo/wR+UTuC5PcsmG8CTnP/aU2FPqOOEqOnDg6F+gQ="));
    long now = 1000 * SECOND;
    byte[] initiation = new byte[WgMessage.INITIATION_LENGTH];
    assertThat(r.initiate(initiation, 0, now, WALL)).isTrue();
    assertThat(HexFormat.of().formatHex(initiation))
        .isEqualTo(
            "0100000005194bb5a5404436a7bdbd39040c63bb6f5faafafbd466cdaaa6feddf910633fac4a14648c0e82"
                + "056890f4ef11f456af6df01a6772055d6e969f04a4532a6e76c46bb6b496ce3501cc553426fbcc9da"
                + "aa7b06d5d0dc18b3a90c55c507c0fcb4b7b2796ae50c64f82b342479ac6d9932f918f8adc2c119f1e"
                + "67557af7b1ee7f6300000000000000000000000000000000");
    byte[] response =
        hex(
            "020000000bfcb68e05194bb5ae00c8e4e5b426599b3fbd4f6a6d0ddb8662853ca99f604eac8148d0fc635a"
                + "2e44d2d0e8e4f5ae2c98429b300b9335435cd15e5fe7175c0841a22fdde05294ea00000000000000"
                + "000000000000000000");
    assertThat(check(l, response)).isEqualTo(Verdict.GOOD);
    assertThat(l.response(response, 0, now)).isSameAs(r);
    byte[] reply =
        hex(
            "0400000005194bb5000000000000000015887d3bf38cb8e033e6c22b38126d0b91ec341d25875f810b903d"
                + "9bd484f6d041aecc19c0cafa003bb9241d5b3e377e");
    Keypair k = l.session(reply, 0);
    assertThat(k).isNotNull();
    assertThat(k.open(reply, 0, reply.length, now)).isTrue();
    assertThat(HexFormat.of().formatHex(reply, 16, 48))
        .isEqualTo("45000020b0e400004001b5e40a0900010a090002000053ff01000000ab000000");
    byte[] theirs =
        hex(
            "0100000078e6c37e9324537c14769db175754c3b42c63f4409751c2e39f9e1ab9babbb600ee4163c31b345"
                + "f3bd26e69a00940360edfb4e08d20bf4467c4f1393065802b73f333e237349a993a4f3b54d49573a"
                + "5df079e8b5024aac435da02b4fc6452922163f10fe4b1b5dfec317d2c879c3512843b95ef7ae6e72"
                + "fd8e7724d2e0edefec00000000000000000000000000000000");
    assertThat(check(l, theirs)).isEqualTo(Verdict.GOOD);
    assertThat(l.initiation(theirs, 0, now)).isSameAs(r);
    byte[] ours = new byte[WgMessage.RESPONSE_LENGTH];
    assertThat(r.respond(ours, 0, now + 1)).isTrue();
    assertThat(HexFormat.of().formatHex(ours))
        .isEqualTo(
            "020000000016175a78e6c37eff1aa1476d183ae6cd391cac1dc505feda9145ca6bb6fa02139d0a60dc0088"
                + "291c6d806256cf7dbe296947f62783d92b035bb57c0396e161d04b4779db0fad7f00000000000000"
                + "000000000000000000");
  }

  private static Verdict check(Local l, byte[] m) {
    return l.cookies().check(m, 0, m.length, false, false, 0, 0, 0, 0);
  }

  @Test
  void both_sides_send_once_the_first_message_has_come() {
    for (long seed = 1; seed <= 5; seed++) {
      Pair p = new Pair(seed);
      p.handshake();
      assertThat(p.toA.sending(p.now)).as("seed %d", seed).isNull(); // not confirmed
      assertThat(p.carries(p.toB, p.b)).isTrue();
      assertThat(p.carries(p.toA, p.a)).isTrue();
    }
  }

  @Test
  void a_replayed_message_is_taken_once() {
    Pair p = new Pair(1);
    p.handshake();
    byte[] m = p.seal(p.toB);
    assertThat(m).isNotNull();
    assertThat(p.opens(p.b, m)).isTrue();
    assertThat(p.opens(p.b, m)).isFalse();
  }

  @Test
  void a_replayed_initiation_is_refused_and_so_is_a_flood() {
    Pair p = new Pair(2);
    byte[] first = p.initiation();
    assertThat(p.b.initiation(first, 0, p.now)).isSameAs(p.toA);
    p.now += SECOND;
    assertThat(p.b.initiation(first, 0, p.now)).isNull();
    p.now += 5 * SECOND;
    byte[] second = p.initiation();
    assertThat(p.b.initiation(second, 0, p.now)).isSameAs(p.toA);
    p.toB.clearHandshake();
    byte[] third = new byte[WgMessage.INITIATION_LENGTH];
    assertThat(p.toB.initiate(third, 0, p.now, WALL + p.now + SECOND)).isTrue();
    assertThat(p.b.initiation(third, 0, p.now + 1_000_000)).isNull(); // within 20 ms
  }

  @Test
  void initiations_keep_their_distance() {
    Pair p = new Pair(3);
    p.initiation();
    byte[] m = new byte[WgMessage.INITIATION_LENGTH];
    p.now += 5 * SECOND - 1;
    assertThat(p.toB.initiate(m, 0, p.now, WALL)).isFalse();
    p.now += 1;
    assertThat(p.toB.initiate(m, 0, p.now, WALL)).isTrue();
  }

  @Test
  void a_session_ends_and_another_follows() {
    Pair p = new Pair(4);
    p.handshake();
    assertThat(p.carries(p.toB, p.b)).isTrue();
    p.now += 120 * SECOND - 1;
    assertThat(p.toB.staleSending(p.now)).isFalse();
    p.now += 1;
    assertThat(p.toB.staleSending(p.now)).isTrue();
    assertThat(p.toA.staleSending(p.now)).isFalse(); // not the initiator
    byte[] late = p.seal(p.toB);
    assertThat(late).isNotNull();
    p.handshake();
    assertThat(p.carries(p.toB, p.b)).isTrue();
    assertThat(p.opens(p.b, late)).isTrue(); // by the one before
    p.now += 60 * SECOND;
    byte[] tooLate = late.clone();
    tooLate[8] = 9;
    assertThat(p.opens(p.b, tooLate)).isFalse();
    p.now += 120 * SECOND;
    assertThat(p.toB.sending(p.now)).isNull();
    assertThat(p.toB.staleReceiving(p.now)).isFalse(); // it cannot send any more
  }

  @Test
  void another_preshared_key_is_another_secret() {
    Pair p = new Pair(5);
    p.toA.psk(key("/Txo/wR+UTuC5PcsmG8CTnP/aU2FPqOOEqOnDg6F+gQ="));
    assertThat(p.b.initiation(p.initiation(), 0, p.now)).isSameAs(p.toA);
    assertThat(p.a.response(p.response(), 0, p.now)).isNull();
  }

  @Test
  void a_flipped_bit_anywhere_is_noticed() {
    Pair p = new Pair(6);
    byte[] good = p.initiation();
    Random random = new Random(6);
    for (int at = 8; at < 116; at++) { // the type is looked at elsewhere, the index is not secret
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << random.nextInt(8));
      if (at == 39) {
        bad[at] = (byte) (good[at] ^ 1); // the top bit of a point does not count
      }
      assertThat(check(p.b, bad)).as("byte %d", at).isEqualTo(Verdict.BAD);
      assertThat(p.b.initiation(bad, 0, p.now)).as("byte %d", at).isNull();
    }
    assertThat(p.b.initiation(good, 0, p.now)).isSameAs(p.toA);
    byte[] response = p.response();
    for (int at = 12; at < 60; at++) {
      byte[] bad = response.clone();
      bad[at] ^= 1;
      assertThat(p.a.response(bad, 0, p.now)).as("byte %d", at).isNull();
    }
    assertThat(p.a.response(response, 0, p.now)).isSameAs(p.toB);
    byte[] data = p.seal(p.toB);
    for (int at = 8; at < data.length; at++) {
      byte[] bad = data.clone();
      bad[at] ^= 1;
      assertThat(p.opens(p.b, bad)).as("byte %d", at).isFalse();
    }
    assertThat(p.opens(p.b, data)).isTrue();
  }

  @Test
  void under_load_a_cookie_is_asked_for_and_then_the_handshake_goes_on() {
    Pair p = new Pair(7);
    byte[] m = p.initiation();
    CookieChecker checker = p.b.cookies();
    long hi = 0xc0000201L << 32;
    assertThat(checker.check(m, 0, m.length, true, false, hi, 0, 4500, p.now))
        .isEqualTo(Verdict.NEEDS_COOKIE);
    byte[] cookie = new byte[WgMessage.COOKIE_LENGTH];
    checker.reply(m, 0, m.length, cookie, 0);
    byte[] bad = cookie.clone();
    bad[40] ^= 1;
    assertThat(p.a.cookie(bad, 0, p.now)).isNull();
    assertThat(p.a.cookie(cookie, 0, p.now)).isSameAs(p.toB);
    assertThat(p.a.cookie(cookie, 0, p.now)).isNull(); // nobody asked again
    p.now += 5 * SECOND;
    m = p.initiation();
    assertThat(checker.check(m, 0, m.length, true, false, hi, 0, 4501, p.now))
        .isEqualTo(Verdict.NEEDS_COOKIE); // another port is another sender
    for (int i = 0; i < 5; i++) {
      assertThat(checker.check(m, 0, m.length, true, false, hi, 0, 4500, p.now))
          .isEqualTo(Verdict.GOOD);
    }
    assertThat(checker.check(m, 0, m.length, true, false, hi, 0, 4500, p.now))
        .isEqualTo(Verdict.TOO_MANY);
    p.now += SECOND / 20;
    assertThat(checker.check(m, 0, m.length, true, false, hi, 0, 4500, p.now))
        .isEqualTo(Verdict.GOOD);
    p.now += 120 * SECOND;
    m = p.initiation();
    assertThat(Arrays.copyOfRange(m, 132, 148)).containsOnly(0); // the cookie is too old
  }

  @Test
  void another_private_key_ends_what_was_agreed_on() {
    Pair p = new Pair(8);
    p.handshake();
    assertThat(p.carries(p.toB, p.b)).isTrue();
    p.a.privateKey(WgKey.of(Remote.secret(new Random(99))));
    assertThat(p.toB.sending(p.now)).isNull();
    assertThat(p.b.initiation(p.initiation(), 0, p.now)).isNull(); // unknown to b
    p.a.privateKey(WgKey.zero());
    p.now += 5 * SECOND;
    assertThat(p.toB.initiate(new byte[148], 0, p.now, WALL)).isFalse();
  }

  @Test
  void nothing_is_left_of_a_peer_that_was_removed() {
    Pair p = new Pair(9);
    for (int i = 0; i < 20; i++) {
      p.handshake();
      p.carries(p.toB, p.b);
      p.now += 6 * SECOND;
    }
    p.initiation();
    assertThat(p.a.numbers()).isEqualTo(3); // current, previous, a handshake
    p.a.remove(p.toB);
    p.b.remove(p.toA);
    assertThat(p.a.numbers()).isZero();
    assertThat(p.b.numbers()).isZero();
  }

  @Test
  void whatever_comes_is_read_without_harm() {
    long seed = 20261121;
    Random random = new Random(seed);
    Pair p = new Pair(10);
    p.handshake();
    for (int i = 0; i < 3000; i++) {
      byte[] m = new byte[WgMessage.INITIATION_LENGTH + random.nextInt(64)];
      random.nextBytes(m);
      WgMessage.put32(m, 0, 1 + random.nextInt(4));
      assertThat(WgMessage.type(m, 0, random.nextInt(m.length))).isBetween(0, 4);
      if (i % 50 == 0) { // each costs a multiplication
        assertThat(p.b.initiation(m, 0, p.now)).as("seed %d step %d", seed, i).isNull();
      }
      assertThat(p.a.response(m, 0, p.now)).isNull();
      assertThat(p.a.cookie(m, 0, p.now)).isNull();
      assertThat(p.a.session(m, 0)).isNull();
      assertThat(check(p.a, m)).isEqualTo(Verdict.BAD);
    }
  }
}
