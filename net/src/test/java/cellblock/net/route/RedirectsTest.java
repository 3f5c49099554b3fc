package cellblock.net.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cellblock.kern.errno.Errno;
import cellblock.kern.errno.ErrnoException;
import cellblock.net.ifnet.Ifnet;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a router's redirect does to a host's table, and for how long. */
class RedirectsTest {
  private static final long SECOND = 1_000_000_000L;

  private RouteLab lab;
  private Ifnet tst0;

  @BeforeEach
  void start() throws ErrnoException {
    lab = new RouteLab(1);
    tst0 = lab.ifnet("192.0.2.1/24");
    lab.add("0.0.0.0/0", "192.0.2.254");
  }

  private void redirect(String to, String author, long seconds) throws ErrnoException {
    lab.turn(() ->
        lab.tables.redirect(
            0,
            IpAddress.parse("203.0.113.9"),
            IpAddress.parse(to),
            IpAddress.parse(author),
            tst0,
            seconds * SECOND));
  }

  private Errno refusal(String to, String author) {
    return catchThrowableOfType(ErrnoException.class, () -> redirect(to, author, 600)).errno();
  }

  private String gateway() {
    return String.valueOf(lab.lookup("203.0.113.9").gateway());
  }

  @Test
  void a_redirect_makes_a_dynamic_host_route_that_expires() throws ErrnoException {
    List<RouteMessage> heard = new ArrayList<>();
    lab.turn(() -> lab.tables.messages().listen("monitor", heard::add));
    redirect("192.0.2.253", "192.0.2.254", 600);
    assertThat(gateway()).isEqualTo("192.0.2.253");
    int ughd = RouteFlags.UP | RouteFlags.GATEWAY | RouteFlags.HOST | RouteFlags.DYNAMIC;
    assertThat(lab.lookup("203.0.113.9").routeFlags()).isEqualTo(ughd);
    lab.sim.stepper().advance(599 * SECOND);
    assertThat(gateway()).isEqualTo("192.0.2.253");
    lab.sim.stepper().advance(SECOND);
    assertThat(gateway()).isEqualTo("192.0.2.254");
    assertThat(heard)
        .extracting(RouteMessage::type)
        .containsExactly(RouteMessage.Type.REDIRECT, RouteMessage.Type.DELETE);
  }

  @Test
  void a_second_redirect_takes_the_place_and_the_time_of_the_first() throws ErrnoException {
    redirect("192.0.2.253", "192.0.2.254", 10);
    redirect("192.0.2.252", "192.0.2.253", 30);
    lab.sim.stepper().advance(20 * SECOND);
    assertThat(gateway()).isEqualTo("192.0.2.252");
    redirect("192.0.2.251", "192.0.2.252", 5);
    lab.sim.stepper().advance(6 * SECOND);
    assertThat(gateway()).isEqualTo("192.0.2.254");
  }

  @Test
  void a_route_that_came_in_its_place_does_not_expire() throws ErrnoException {
    redirect("192.0.2.253", "192.0.2.254", 10);
    lab.delete("203.0.113.9/32");
    lab.add("203.0.113.9/32", "192.0.2.252");
    lab.sim.stepper().advance(20 * SECOND);
    assertThat(gateway()).isEqualTo("192.0.2.252");
    assertThat(refusal("192.0.2.253", "192.0.2.252")).isEqualTo(Errno.EEXIST);
  }

  @Test
  void only_the_router_in_use_is_believed_and_only_of_neighbours() {
    assertThat(refusal("192.0.2.253", "192.0.2.7")).isEqualTo(Errno.EINVAL);
    assertThat(refusal("198.51.100.1", "192.0.2.254")).isEqualTo(Errno.ENETUNREACH);
    assertThat(refusal("192.0.2.1", "192.0.2.254")).isEqualTo(Errno.EHOSTUNREACH);
    assertThat(gateway()).isEqualTo("192.0.2.254");
  }

  @Test
  void a_pending_expiry_does_not_keep_a_vnet_alive() throws ErrnoException {
    redirect("192.0.2.253", "192.0.2.254", 600);
    lab.shutdown();
    assertThat(lab.strays()).isEmpty();
    assertThat(lab.destroy()).isEmpty();
    lab.sim.stepper().advance(700 * SECOND);
    assertThat(lab.residue()).isEmpty();
  }
}
