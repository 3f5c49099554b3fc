package cellblock.host.port;

import cellblock.control.Done;
import cellblock.control.KeyRequest;
import cellblock.inet.Inet;
import cellblock.inet.tcp.Tcp;
import cellblock.kern.errno.ErrnoException;
import cellblock.kern.proc.Proc;
import cellblock.kern.vnet.Vnet;
import cellblock.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** Keys of TCP's MD5 option in the process's vnet, as setkey(8) asks for them. */
final class KeyService {
  private final Proc proc;
  private final Vnet vnet;

  KeyService(Proc proc) {
    this.proc = proc;
    this.vnet = proc.vnet();
  }

  Object answer(KeyRequest<?> request) throws ErrnoException {
    proc.cred().checkNet();
    return vnet.call(() -> inTurn(request));
  }

  private Object inTurn(KeyRequest<?> request) throws ErrnoException {
    Tcp tcp = Inet.of(vnet).tcp.open();
    switch (request) {
      case KeyRequest.Add r -> {
        vnet.gate();
        tcp.signatureKey(address(r.from()), address(r.to()), r.spi(), r.key());
      }
      case KeyRequest.Delete r ->
          tcp.forgetSignatureKey(address(r.from()), address(r.to()), r.spi());
      case KeyRequest.Flush r -> tcp.flushSignatureKeys();
      case KeyRequest.Dump r -> {
        return dump(tcp);
      }
    }
    return Done.DONE;
  }

  private IpAddress address(String text) throws ErrnoException {
    return AddressText.parse(vnet, text);
  }

  private List<KeyRequest.Add> dump(Tcp tcp) {
    List<KeyRequest.Add> all = new ArrayList<>();
    tcp.signatureKeys()
        .forEach(k ->
            all.add(
                new KeyRequest.Add(
                    AddressText.of(vnet, k.from()),
                    AddressText.of(vnet, k.to()),
                    k.spi(),
                    k.key())));
    return all;
  }
}
