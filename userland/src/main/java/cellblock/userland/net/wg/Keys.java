package cellblock.userland.net.wg;

import cellblock.control.SysctlRequest;
import cellblock.userland.net.Stdio;
import cellblock.wire.WgKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * wg genkey, genpsk and pubkey (ancestor: genkey.c, pubkey.c of wireguard-tools). Chance comes from
 * the kernel, as getentropy(3)'s does: in virtual time a seed repeats the keys. One thread.
 */
final class Keys {
  private static final String BAD = "wg: Key is not the correct length or format\n";

  private final Stdio io;

  Keys(Stdio io) {
    this.io = io;
  }

  /** {@code clamp}: a private key, not a preshared one. */
  int generate(String command, List<String> args, boolean clamp) {
    if (!args.isEmpty()) {
      io.eprint("Usage: wg " + command + "\n");
      return 1;
    }
    String hex = io.ask(new SysctlRequest.Get("kern.arandom"), "getentropy").value();
    WgKey key = WgKey.of(HexFormat.of().parseHex(hex.substring(0, 2 * WgKey.LENGTH)));
    io.print((clamp ? key.clamped() : key).base64() + "\n");
    return 0;
  }

  int publicKey(List<String> args) {
    if (!args.isEmpty()) {
      io.eprint("Usage: wg pubkey\n");
      return 1;
    }
    String text;
    try {
      text = new String(io.context().in().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      io.eprint(BAD);
      return 1;
    }
    if (text.length() < WgKey.TEXT) {
      io.eprint(BAD);
      return 1;
    }
    if (!text.substring(WgKey.TEXT).isBlank()) {
      io.eprint("wg: Trailing characters found after key\n");
      return 1;
    }
    WgKey key = WgKey.tryParse(text.substring(0, WgKey.TEXT));
    if (key == null) {
      io.eprint(BAD);
      return 1;
    }
    io.print(key.publicKey().base64() + "\n");
    return 0;
  }
}
