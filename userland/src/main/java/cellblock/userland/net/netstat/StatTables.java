package cellblock.userland.net.netstat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code netstat -s} and {@code -m} say, line by line. In a line, {@code {name}} is a counter;
 * {@code {s}}, {@code {es}} and {@code {ies}} are the ending that the number before them asks for.
 * A line {@code @name} or {@code @name title} opens a container, {@code @} closes it: inside, the
 * kernel's key is {@code container/name}. {@code #name title} stands for a histogram whose keys are
 * {@code name/entry}; {@code %name title} and {@code &name title} for lists with the number first,
 * the latter of words in the plural. Ancestors: usr.bin/netstat/inet.c, route.c, mbuf.c.
 */
public final class StatTables {
  private static final Map<String, List<String>> TABLES = new LinkedHashMap<>();

  static {
    TABLES.put("tcp", lines(TcpTable.TEXT));
    TABLES.put(
        "udp",
        lines(
            """
            {received-datagrams} datagram{s} received
            {dropped-incomplete-headers} with incomplete header
            {dropped-bad-data-length} with bad data length field
            {dropped-bad-checksum} with bad checksum
            {dropped-no-checksum} with no checksum
            {dropped-no-socket} dropped due to no socket
            {dropped-broadcast-multicast} broadcast/multicast datagram{s} undelivered
            {dropped-full-socket-buffer} dropped due to full socket buffers
            {not-for-hashed-pcb} not for hashed pcb
            {delivered-packets} delivered
            {output-packets} datagram{s} output
            {multicast-source-filter-matches} time{s} multicast source filter matched
            """));
    TABLES.put(
        "ip",
        lines(
            """
            {received-packets} total packet{s} received
            {dropped-bad-checksum} bad header checksum{s}
            {dropped-below-minimum-size} with size smaller than minimum
            {dropped-short-packets} with data size < data length
            {dropped-too-long} with ip length > max ip packet size
            {dropped-short-header-length} with header length < data size
            {dropped-short-data} with data length < header length
            {dropped-bad-options} with bad options
            {dropped-bad-version} with incorrect version number
            {received-fragments} fragment{s} received
            {dropped-fragments} fragment{s} dropped (dup or out of space)
            {dropped-fragments-after-timeout} fragment{s} dropped after timeout
            {reassembled-packets} packet{s} reassembled ok
            {received-local-packets} packet{s} for this host
            {dropped-unknown-protocol} packet{s} for unknown/unsupported protocol
            {forwarded-packets} packet{s} forwarded ({fast-forwarded-packets} packet{s} fast forwarded)
            {packets-cannot-forward} packet{s} not forwardable
            {received-unknown-multicast-group} packet{s} received for unknown multicast group
            {redirects-sent} redirect{s} sent
            {sent-packets} packet{s} sent from this host
            {send-packets-fabricated-header} packet{s} sent with fabricated ip header
            {discard-no-mbufs} output packet{s} dropped due to no bufs, etc.
            {discard-no-route} output packet{s} discarded due to no route
            {sent-fragments} output datagram{s} fragmented
            {fragments-created} fragment{s} created
            {discard-cannot-fragment} datagram{s} that can't be fragmented
            {discard-tunnel-no-gif} tunneling packet{s} that can't find gif
            {discard-bad-address} datagram{s} with bad address in header
            """));
    TABLES.put(
        "icmp",
        lines(
            """
            {icmp-calls} call{s} to icmp_error
            {errors-not-from-message} error{s} not generated in response to an icmp message
            #output-histogram Output histogram
            {dropped-bad-code} message{s} with bad code fields
            {dropped-too-short} message{s} less than the minimum length
            {dropped-bad-checksum} message{s} with bad checksum
            {dropped-bad-length} message{s} with bad length
            {dropped-multicast-echo} multicast echo requests ignored
            {dropped-multicast-timestamp} multicast timestamp requests ignored
            #input-histogram Input histogram
            {sent-packets} message response{s} generated
            {discard-invalid-return-address} invalid return address{es}
            {discard-no-route} no return route{s}
            """));
    TABLES.put(
        "igmp",
        lines(
            """
            {received-messages} message{s} received
            {dropped-too-short} message{s} received with too few bytes
            {dropped-wrong-ttl} message{s} received with wrong TTL
            {dropped-bad-checksum} message{s} received with bad checksum
            {received-membership-queries} V1/V2 membership quer{ies} received
            {received-v3-membership-queries} V3 membership quer{ies} received
            {dropped-membership-queries} membership quer{ies} received with invalid field(s)
            {received-general-queries} general quer{ies} received
            {received-group-queries} group quer{ies} received
            {received-group-source-queries} group-source quer{ies} received
            {dropped-group-source-queries} group-source quer{ies} dropped
            {received-membership-requests} membership report{s} received
            {dropped-membership-reports} membership report{s} received with invalid field(s)
            {received-membership-reports-matching} membership report{s} received for groups to which \
            we belong
            {received-v3-reports-no-router-alert} V3 report{s} received without Router Alert
            {sent-membership-reports} membership report{s} sent
            """));
    TABLES.put(
        "ip6",
        lines(
            """
            {received-packets} total packet{s} received
            {dropped-below-minimum-size} with size smaller than minimum
            {dropped-short-packets} with data size < data length
            {dropped-bad-options} with bad options
            {dropped-bad-version} with incorrect version number
            {received-fragments} fragment{s} received
            {dropped-fragment} fragment{s} dropped (dup or out of space)
            {dropped-fragment-after-timeout} fragment{s} dropped after timeout
            {dropped-fragments-overflow} fragment{s} that exceeded limit
            {atomic-fragments} atomic fragment{s}
            {reassembled-packets} packet{s} reassembled ok
            {received-local-packets} packet{s} for this host
            {forwarded-packets} packet{s} forwarded
            {packets-not-forwardable} packet{s} not forwardable
            {sent-redirects} redirect{s} sent
            {sent-packets} packet{s} sent from this host
            {send-packets-fabricated-header} packet{s} sent with fabricated ip header
            {discard-no-mbufs} output packet{s} dropped due to no bufs, etc.
            {discard-no-route} output packet{s} discarded due to no route
            {sent-fragments} output datagram{s} fragmented
            {fragments-created} fragment{s} created
            {discard-cannot-fragment} datagram{s} that can't be fragmented
            {discard-scope-violations} packet{s} that violated scope rules
            {multicast-no-join-packets} multicast packet{s} which we don't join
            #input-histogram Input histogram
            @mbuf-statistics Mbuf statistics
            \t{one-mbuf} one mbuf
            \t{one-extra-mbuf} one ext mbuf
            \t{two-or-more-extra-mbufs} two or more ext mbuf
            @
            {dropped-header-too-long} packet{s} whose headers are not contiguous
            {discard-tunnel-no-gif} tunneling packet{s} that can't find gif
            {dropped-too-many-headers} packet{s} discarded because of too many headers
            @source-address-selection
            {address-selection-failures} failure{s} of source address selection
            &outgoing-interface source addresses on an outgoing I/F
            &non-outgoing-interface source addresses on a non-outgoing I/F
            &same-source source addresses of same scope
            &different-scope source addresses of a different scope
            &deprecated-source deprecated source addresses
            %rules-applied Source addresses selection rule applied:
            @
            """));
    TABLES.put(
        "icmp6",
        lines(
            """
            {icmp6-calls} call{s} to icmp6_error
            {errors-not-generated-from-message} error{s} not generated in response to an icmp6 message
            {errors-discarded-by-rate-limitation} error{s} not generated because of rate limitation
            #output-histogram Output histogram
            {dropped-bad-code} message{s} with bad code fields
            {dropped-too-short} message{s} < minimum length
            {dropped-bad-checksum} bad checksum{s}
            {dropped-bad-length} message{s} with bad length
            #input-histogram Input histogram
            @errors Histogram of error messages to be generated
            \t{no-route} no route
            \t{admin-prohibited} administratively prohibited
            \t{beyond-scope} beyond scope
            \t{address-unreachable} address unreachable
            \t{port-unreachable} port unreachable
            \t{packet-too-big} packet too big
            \t{time-exceed-transmit} time exceed transit
            \t{time-exceed-reassembly} time exceed reassembly
            \t{bad-header} erroneous header field
            \t{bad-next-header} unrecognized next header
            \t{bad-option} unrecognized option
            \t{redirects} redirect
            \t{unknown} unknown
            {reflect} message response{s} generated
            {too-many-nd-options} message{s} with too many ND options
            {bad-nd-options} message{s} with bad ND options
            {bad-neighbor-solicitation} bad neighbor solicitation message{s}
            {bad-neighbor-advertisement} bad neighbor advertisement message{s}
            {bad-router-solicitation} bad router solicitation message{s}
            {bad-router-advertisement} bad router advertisement message{s}
            {bad-redirect} bad redirect message{s}
            @
            {path-mtu-changes} path MTU change{s}
            """));
    TABLES.put(
        "arp",
        lines(
            """
            {sent-requests} ARP request{s} sent
            {sent-failures} ARP request{s} failed to sent
            {sent-replies} ARP repl{ies} sent
            {received-requests} ARP request{s} received
            {received-replies} ARP repl{ies} received
            {received-packets} ARP packet{s} received
            {dropped-no-entry} total packet{s} dropped due to no ARP entry
            {entries-timeout} ARP entry{s} timed out
            {dropped-duplicate-address} Duplicate IP{s} seen
            """));
    TABLES.put(
        "routing",
        lines(
            """
            {bad-redirects} bad routing redirect{s}
            {dynamically-created} dynamically created route{s}
            {new-gateways} new gateway{s} due to redirects
            {unreachable-destination} destination{s} found unreachable
            {wildcard-uses} use{s} of a wildcard route
            """));
    TABLES.put("mbuf-statistics", MbufTable.LINES);
  }

  private StatTables() {}

  /** The text's lines, each with the tab that most of them begin with. */
  static List<String> lines(String text) {
    return text.lines()
        .map(line -> "@#%&".indexOf(line.charAt(0)) >= 0 ? line : "\t" + line)
        .toList();
  }

  private static final List<String> IP6_ON_INTERFACE =
      lines(
          """
          {received-packets} total input datagram{s}
          {dropped-invalid-header} datagram{s} with invalid header received
          {dropped-mtu-exceeded} datagram{s} exceeded MTU received
          {dropped-no-route} datagram{s} with no route received
          {dropped-invalid-destination} datagram{s} with invalid dst received
          {dropped-unknown-protocol} datagram{s} with unknown proto received
          {dropped-truncated} truncated datagram{s} received
          {dropped-discarded} input datagram{s} discarded
          {received-valid-packets} datagram{s} delivered to an upper layer protocol
          {sent-forwarded} datagram{s} forwarded to this interface
          {sent-packets} datagram{s} sent from an upper layer protocol
          {discard-packets} total discarded output datagram{s}
          {discard-fragments} output datagram{s} fragmented
          {fragments-failed} output datagram{s} failed on fragment
          {fragments-created} output datagram{s} succeeded on fragment
          {reassembly-required} incoming datagram{s} fragmented
          {reassembled-packets} datagram{s} reassembled
          {reassembly-failed} datagram{s} failed on reassembly
          {received-multicast} multicast datagram{s} received
          {sent-multicast} multicast datagram{s} sent
          """);

  private static final List<String> ICMP6_ON_INTERFACE =
      lines(
          """
          {received-packets} total input message{s}
          {received-errors} total input error message{s}
          {received-destination-unreachable} input destination unreachable error{s}
          {received-admin-prohibited} input administratively prohibited error{s}
          {received-time-exceeded} input time exceeded error{s}
          {received-bad-parameter} input parameter problem error{s}
          {received-packet-too-big} input packet too big error{s}
          {received-echo-requests} input echo request{s}
          {received-echo-replies} input echo repl{ies}
          {received-router-solicitation} input router solicitation{s}
          {received-router-advertisement} input router advertisement{s}
          {received-neighbor-solicitation} input neighbor solicitation{s}
          {received-neighbor-advertisement} input neighbor advertisement{s}
          {received-redirects} input redirect{s}
          {received-mld-queries} input MLD quer{ies}
          {received-mld-reports} input MLD report{s}
          {received-mld-done} input MLD done{s}
          {sent-packets} total output message{s}
          {sent-errors} total output error message{s}
          {sent-destination-unreachable} output destination unreachable error{s}
          {sent-admin-prohibited} output administratively prohibited error{s}
          {sent-time-exceeded} output time exceeded error{s}
          {sent-bad-parameter} output parameter problem error{s}
          {sent-packet-too-big} output packet too big error{s}
          {sent-echo-requests} output echo request{s}
          {sent-echo-replies} output echo repl{ies}
          {sent-router-solicitation} output router solicitation{s}
          {sent-router-advertisement} output router advertisement{s}
          {sent-neighbor-solicitation} output neighbor solicitation{s}
          {sent-neighbor-advertisement} output neighbor advertisement{s}
          {sent-redirects} output redirect{s}
          {sent-mld-queries} output MLD quer{ies}
          {sent-mld-reports} output MLD report{s}
          {sent-mld-dones} output MLD done{s}
          """);

  /** The lines of what a protocol counts on one interface; none where it counts nothing there. */
  static List<String> onInterface(String protocol) {
    return switch (protocol) {
      case "ip6" -> IP6_ON_INTERFACE;
      case "icmp6" -> ICMP6_ON_INTERFACE;
      default -> List.of();
    };
  }

  /** The protocols that have a table, in the order of {@code netstat -s}. */
  public static List<String> protocols() {
    return TABLES.keySet().stream()
        .filter(name -> !name.equals("routing") && !name.startsWith("mbuf"))
        .toList();
  }

  /** The lines of one table; none for a protocol that is not known. */
  static List<String> table(String protocol) {
    return TABLES.getOrDefault(protocol, List.of());
  }

  /** The keys under which a kernel reports the counters of {@code protocol}, in order. */
  public static List<String> keys(String protocol) {
    List<String> keys = new ArrayList<>();
    String container = "";
    for (String line : table(protocol)) {
      if (line.startsWith("@")) {
        container = line.length() == 1 ? "" : StatLine.word(line) + "/";
      } else {
        for (StatLine.Part part : StatLine.parse(line)) {
          if (part instanceof StatLine.Counter counter) {
            keys.add(container + counter.name());
          }
        }
      }
    }
    return keys;
  }
}
