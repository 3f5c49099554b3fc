package cellblock.it.lab;

import static org.assertj.core.api.Assertions.assertThat;

import cellblock.host.Jail;
import cellblock.inet.Inet;
import cellblock.inet.socket.Credential;
import cellblock.inet.socket.Datagram;
import cellblock.inet.socket.Socket;
import cellblock.inet.socket.SocketProtocol;
import cellblock.inet.socket.SocketType;
import cellblock.kern.vnet.Vnet;
import cellblock.tunnel.wg.noise.Local;
import cellblock.tunnel.wg.noise.Remote;
import cellblock.wire.Family;
import cellblock.wire.Ip4Address;
import cellblock.wire.IpProtocol;
import cellblock.wire.WgKey;
import cellblock.wire.WgMessage;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A WireGuard device under a flood of handshakes. */
class WgLoadLabTest {
  @TempDir private Path folder;

  /** Initiations that a stranger has made, who knows the device's public key. */
  private static byte[][] initiations(WgLab w, int count) {
    Random random = new Random(9);
    Local stranger = new Local(random);
    byte[] secret = new byte[WgKey.LENGTH];
    random.nextBytes(secret);
    stranger.privateKey(WgKey.of(secret));
    WgKey a = WgKey.tryParse(w.pub("a"));
    assertThat(a).isNotNull();
    Remote to = stranger.add(a, "a");
    byte[][] all = new byte[count][WgMessage.INITIATION_LENGTH];
    for (int i = 0; i < count; i++) {
      assertThat(to.initiate(all[i], 0, 0, i * 1_000_000_000L)).isTrue();
      to.clearHandshake();
    }
    return all;
  }

  @Test
  void many_handshakes_at_once_are_asked_for_cookies_and_the_tunnel_goes_on() throws Exception {
    try (WgLab w = new WgLab(31, folder)) {
      w.both(false);
      w.reached();
      byte[][] flood = initiations(w, 700);
      Jail jail = w.lab.kernel().jail("b");
      assertThat(jail).isNotNull();
      Vnet b = jail.vnet();
      Ip4Address to = new Ip4Address(0xc0000201);
      Socket socket =
          b.call(() ->
              Inet.of(b)
                  .sockets
                  .open(Family.INET, SocketType.DGRAM, IpProtocol.UDP, Credential.ROOT));
      b.call(() -> {
        SocketProtocol pcb = socket.pcb();
        for (byte[] m : flood) {
          pcb.send(m, 0, m.length, to, WgLab.PORT_A, java.util.List.of());
        }
        return true;
      });
      w.pass(1);
      int cookies = 0;
      for (Datagram d = next(socket); d != null; d = next(socket)) {
        assertThat(WgMessage.type(d.data(), 0, d.data().length)).isEqualTo(WgMessage.COOKIE);
        cookies++;
      }
      // The first of them came before it was a load; those after it lasted are too few to be one.
      assertThat(cookies).isBetween(100, 700);
      socket.close();
      w.reached();
      w.pass(200);
      w.reached(); // a new handshake, no longer under load
    }
  }

  private static @Nullable Datagram next(Socket socket) throws Exception {
    return socket.readable() ? socket.receive(0, false) : null;
  }
}
