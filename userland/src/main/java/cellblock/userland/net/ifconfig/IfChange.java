package cellblock.userland.net.ifconfig;

import cellblock.control.IfInfo;
import cellblock.control.IfRequest;
import cellblock.control.KernelError;
import cellblock.control.Request;
import cellblock.userland.net.Stdio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words after an interface name, done in order; address changes wait until the last word.
 * Ancestor: sbin/ifconfig/ifconfig.c (ifconfig_ioctl).
 */
final class IfChange {
  final Stdio io;

  /** The interface's name now: create and name change it. */
  String name;

  private String family;
  private @Nullable String nameToPrint;
  private boolean createPending;
  private final Map<String, String> createParams = new LinkedHashMap<>();

  private final AddressText text;
  private AddressText.@Nullable Parsed address;
  private @Nullable String doomed;
  private @Nullable String destination;
  private @Nullable String broadcast;
  private @Nullable Integer netmask;
  private final Map<String, String> options = new LinkedHashMap<>();
  private boolean addressSet;
  private boolean clear;
  private boolean add = true;
  private int alias;

  IfChange(Stdio io, String name, String family) {
    this.io = io;
    this.name = name;
    this.family = family;
    this.text = new AddressText(io);
  }

  /**
   * Does all words; with {@code create} the interface is made before the first one that needs it.
   */
  int run(List<String> words, boolean create) {
    try {
      int at = create ? createWords(words) : 0;
      while (at < words.size()) {
        at += 1 + word(words.get(at), words.subList(at + 1, words.size()));
      }
      if (createPending) {
        create();
      }
      addresses();
      return 0;
    } finally {
      if (nameToPrint != null) {
        io.print(nameToPrint + "\n");
      }
    }
  }

  /** The words that come before the creation; returns how many. */
  private int createWords(List<String> words) {
    int at = 0;
    while (at < words.size()) {
      String word = words.get(at);
      if (word.equals("create") || word.equals("plumb")) {
        createPending = true;
        at++;
      } else if (DriverWords.isCloneWord(word)) {
        List<String> value = values(word, 1, words.subList(at + 1, words.size()));
        IfVxlan.check(io, word, value);
        createParams.put(word, value.getFirst());
        at += 2;
      } else {
        break;
      }
    }
    if (at < words.size()) {
      create();
      String word = words.get(at);
      if (word.equals("inet") || word.equals("inet6") || IfStatus.isLink(word)) {
        family = word;
        at++;
      }
    }
    return at;
  }

  private void create() {
    createPending = false;
    IfVxlan.checkEnds(io, createParams);
    String made;
    try {
      made = io.kernel().ask(new IfRequest.Create(name, Map.copyOf(createParams)));
    } catch (KernelError e) {
      if (e.errno().equals("EEXIST")) {
        throw io.errx(1, "interface " + name + " already exists");
      }
      throw io.err(1, "SIOCIFCREATE2 (" + name + ")", e);
    }
    if (!made.equals(name)) {
      rename(made);
    }
  }

  /** From here on the interface has another name, which is told at the end. */
  void rename(String newName) {
    name = newName;
    nameToPrint = newName;
  }

  /** Does one word; returns how many values it took. */
  private int word(String word, List<String> following) {
    IfWords.Word known = IfWords.find(word);
    if (known != null) {
      known.action().apply(this, word, values(word, known.values(), following));
      return known.values();
    }
    DriverWords.Row row = DriverWords.rows().get(word);
    if (row != null) {
      driver(row, word, values(word, row.values(), following));
      return row.values();
    }
    if (addressSet) {
      destination(word);
    } else {
      address(word);
    }
    return 0;
  }

  private List<String> values(String word, int count, List<String> following) {
    if (following.size() < count) {
      throw io.errx(1, "'" + word + "' requires " + (count == 2 ? "2 arguments" : "argument"));
    }
    return following.subList(0, count);
  }

  private void driver(DriverWords.Row row, String word, List<String> values) {
    List<String> all = new ArrayList<>(values);
    all.addFirst(word);
    List<String> words = List.copyOf(all);
    switch (row.key()) {
      case "bridge" -> IfBridge.apply(this, word, values, words);
      case "vxlan" -> IfVxlan.apply(this, word, values, words);
      case "tunnel", "gif", "gre" -> IfTunnel.apply(this, row.key(), word, words);
      case "carp" -> {
        if (isInet()) {
          options.put(word, values.isEmpty() ? "" : values.getFirst());
        } else {
          ask(new IfRequest.DriverSet(name, row.key(), words), word);
        }
      }
      default -> ask(new IfRequest.DriverSet(name, row.key(), words), word);
    }
  }

  boolean isInet() {
    return !IfStatus.isLink(family);
  }

  boolean isInet6() {
    return family.equals("inet6");
  }

  // ---- address words: they set what addresses() asks for

  private void address(String word) {
    addressSet = true;
    if (alias == 0 && isInet()) {
      clear = true;
    }
    if (alias >= 0) {
      address = text.parse(family, word);
    } else {
      doomed = text.parsePlain(family, word);
    }
  }

  private void destination(String word) {
    if (!isInet()) {
      throw io.errx(1, "can't set link-level netmask or broadcast");
    }
    destination = text.parsePlain(family, word);
  }

  void netmask(String word) {
    requireInet("netmask");
    netmask = text.mask(word);
  }

  void broadcast(String word) {
    requireInet("broadcast");
    broadcast = text.parsePlain(family, word);
  }

  private void requireInet(String word) {
    if (isInet6()) {
      throw io.errx(1, word + ": invalid option for inet6");
    }
    if (!isInet()) {
      throw io.errx(1, "can't set link-level netmask or broadcast");
    }
  }

  void prefixLength(String word) {
    Integer length = AddressText.decimal(word, 128);
    if (length == null) {
      throw io.errx(1, word + ": bad value");
    }
    netmask = length;
  }

  void alias(int kind) {
    if (addressSet && alias == 0 && kind < 0 && address != null) {
      doomed = address.address();
    }
    alias = kind;
    clear = kind < 0;
    if (kind < 0) {
      add = false;
    }
  }

  void option(String word, String value) {
    options.put(word, value);
  }

  private void addresses() {
    if (!isInet()) {
      if (address != null) {
        String link = address.address().equals("random") ? randomLink() : address.address();
        ask(new IfRequest.LinkAddress(name, link), "ioctl (SIOCAIFADDR)");
      }
      return;
    }
    boolean replaces = add && address != null && alias == 0;
    if (clear && !replaces) {
      delete();
    }
    if (add && address != null) {
      addAddress(address, replaces);
    } else if (add && netmask != null) {
      throw io.errx(1, "ioctl (SIOCAIFADDR): Invalid argument");
    }
  }

  /** A unicast address of local scope, mixed from the clock and the process. */
  private String randomLink() {
    long bits = (io.context().nowNanos() ^ (long) io.kernel().pid() << 40) * 0x9e3779b97f4a7c15L;
    bits = (bits ^ bits >>> 31) * 0xbf58476d1ce4e5b9L;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      int octet = (int) (bits >>> 8 * i + 16) & 255;
      text.append(String.format(i == 0 ? "%02x" : ":%02x", i == 0 ? octet & 0xfc | 2 : octet));
    }
    return text.toString();
  }

  private void delete() {
    try {
      io.kernel().ask(new IfRequest.DeleteAddress(name, isInet6() ? "inet6" : "inet", doomed));
    } catch (KernelError e) {
      if (!e.errno().equals("EADDRNOTAVAIL") || alias < 0) {
        throw Ifconfig.perror(io, "ioctl (SIOCDIFADDR)", e);
      }
    }
  }

  private void addAddress(AddressText.Parsed parsed, boolean replaces) {
    int length =
        parsed.prefixLength() >= 0 ? parsed.prefixLength() : netmask == null ? -1 : netmask;
    if (isInet6()) {
      length = length < 0 ? 64 : length;
    } else if (length < 0) {
      warnWithoutMask();
    }
    ask(
        new IfRequest.AddAddress(
            name,
            parsed.address(),
            length,
            broadcast,
            destination,
            isInet6() || !replaces,
            Map.copyOf(options)),
        "ioctl (SIOCAIFADDR)");
  }

  private void warnWithoutMask() {
    int flags = info().flags();
    if ((flags & (IfInfo.IFF_POINTOPOINT | IfInfo.IFF_LOOPBACK)) == 0) {
      io.warnx(
          "WARNING: setting interface address without mask is deprecated,\n"
              + "default mask may not be correct.");
    }
  }

  // ---- asking

  /** The interface as it is now. */
  IfInfo info() {
    try {
      List<IfInfo> found = io.kernel().ask(new IfRequest.Get(name));
      if (!found.isEmpty()) {
        return found.getFirst();
      }
    } catch (KernelError e) {
      throw Ifconfig.perror(io, "ioctl (SIOCGIFFLAGS)", e);
    }
    throw io.errx(1, "ioctl (SIOCGIFFLAGS): no such interface");
  }

  /** Asks; a refusal ends the run with ifconfig's Perror. */
  void ask(Request<?> request, String what) {
    try {
      io.kernel().ask(request);
    } catch (KernelError e) {
      throw Ifconfig.perror(io, what, e);
    }
  }

  /** Asks; a refusal ends the run with err(3). */
  void must(Request<?> request, String what) {
    try {
      io.kernel().ask(request);
    } catch (KernelError e) {
      throw io.err(1, what, e);
    }
  }
}
