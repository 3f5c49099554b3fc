package cellblock.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.wire.Ip4Header;
import cellblock.wire.Ip6Header;
import org.junit.jupiter.api.Test;

class EcnTest {
  private static final int NOT_ECT = 0;
  private static final int ECT_1 = 1;
  private static final int ECT_0 = 2;
  private static final int CE = 3;

  private static byte[] four(int tos) {
    byte[] b = new byte[20];
    Ip4Header.put(b, 0, tos, 20, 7, 0, 64, 17, 0x0a000001, 0x0a000002);
    return b;
  }

  private static byte[] six(int traffic) {
    byte[] b = new byte[40];
    Ip6Header.putFlow(b, 0, traffic, 0x12345);
    return b;
  }

  @Test
  void the_table_of_rfc_6040_figure_4() {
    int[][] outerInnerResult = {
      {NOT_ECT, NOT_ECT, NOT_ECT},
      {NOT_ECT, ECT_0, ECT_0},
      {NOT_ECT, ECT_1, ECT_1},
      {NOT_ECT, CE, CE},
      {ECT_0, NOT_ECT, NOT_ECT},
      {ECT_0, ECT_0, ECT_0},
      {ECT_0, ECT_1, ECT_1},
      {ECT_0, CE, CE},
      {ECT_1, NOT_ECT, NOT_ECT},
      {ECT_1, ECT_0, ECT_1},
      {ECT_1, ECT_1, ECT_1},
      {ECT_1, CE, CE},
      {CE, ECT_0, CE},
      {CE, ECT_1, CE},
      {CE, CE, CE},
    };
    for (int[] row : outerInnerResult) {
      byte[] four = four(0xb8 | row[1]);
      assertThat(Ecn.egress(row[0], four, 0)).isTrue();
      assertThat(Ip4Header.tos(four, 0)).isEqualTo(0xb8 | row[2]);
      assertThat(Ip4Header.verifies(four, 0)).isTrue();
      byte[] six = six(0x28 | row[1]);
      assertThat(Ecn.egress(row[0], six, 0)).isTrue();
      assertThat(Ip6Header.trafficClass(six, 0)).isEqualTo(0x28 | row[2]);
      assertThat(Ip6Header.flowLabel(six, 0)).isEqualTo(0x12345);
    }
  }

  @Test
  void congestion_on_a_packet_that_cannot_say_so_is_a_drop() {
    assertThat(Ecn.egress(CE, four(NOT_ECT), 0)).isFalse();
    assertThat(Ecn.egress(CE, six(0xb8), 0)).isFalse();
  }
}
