package cellblock.userland.misc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** services(5), built in: ports that have names, for tcp and udp alike where not said otherwise. */
public final class Services {
  private static final String TABLE =
      """
      7 echo
      9 discard
      11 systat tcp
      13 daytime
      15 netstat tcp
      17 qotd
      19 chargen
      20 ftp-data
      21 ftp
      22 ssh
      23 telnet
      25 smtp
      37 time
      42 nameserver
      43 nicname
      49 tacacs
      53 domain
      67 bootps
      68 bootpc
      69 tftp
      70 gopher
      79 finger
      80 http
      88 kerberos-sec
      110 pop3
      111 sunrpc
      113 auth
      119 nntp
      123 ntp
      135 loc-srv
      137 netbios-ns
      138 netbios-dgm
      139 netbios-ssn
      143 imap
      161 snmp
      162 snmptrap
      177 xdmcp
      179 bgp
      194 irc
      220 imap3
      256 rap
      264 bgmp
      318 pkix-timestamp
      389 ldap
      427 svrloc
      443 https
      445 microsoft-ds
      464 kpasswd
      465 smtps
      500 isakmp
      512 exec tcp
      512 biff udp
      513 login tcp
      513 who udp
      514 shell tcp
      514 syslog udp
      515 printer
      517 talk
      518 ntalk
      520 router udp
      521 ripng
      530 courier
      540 uucp
      543 klogin
      544 kshell
      546 dhcpv6-client
      547 dhcpv6-server
      548 afpovertcp
      554 rtsp
      563 nntps
      587 submission
      623 asf-rmcp
      631 ipp
      636 ldaps
      646 ldp
      666 doom
      749 kerberos-adm
      750 kerberos-iv
      853 domain-s
      860 iscsi
      873 rsync
      901 swat
      989 ftps-data
      990 ftps
      992 telnets
      993 imaps
      995 pop3s
      1080 socks
      1194 openvpn
      1433 ms-sql-s
      1512 wins
      1701 l2tp
      1723 pptp
      1812 radius
      1813 radius-acct
      1883 mqtt
      2000 cisco-sccp
      2049 nfsd
      3128 squid-http
      3260 iscsi-target
      3306 mysql
      3389 rdp
      3478 stun
      4500 sae-urn
      4789 vxlan
      5060 sip
      5061 sips
      5222 xmpp-client
      5269 xmpp-server
      5353 mdns
      5432 postgresql
      5900 rfb
      6000 x11
      6379 redis
      6514 syslog-tls
      6667 ircd
      8080 http-alt
      """;

  private static final Map<String, Integer> PORTS = new HashMap<>();
  private static final Map<String, String> NAMES = new HashMap<>();

  static {
    TABLE.lines().forEach(Services::enter);
  }

  private Services() {}

  private static void enter(String line) {
    String[] words = line.split(" ");
    int port = Integer.parseInt(words[0]);
    for (String protocol :
        words.length > 2 ? new String[] {words[2]} : new String[] {"tcp", "udp"}) {
      PORTS.put(words[1] + "/" + protocol, port);
      NAMES.put(port + "/" + protocol, words[1]);
    }
  }

  /** getservbyname(3): -1 = none. */
  public static int port(String name, String protocol) {
    return PORTS.getOrDefault(name + "/" + protocol, -1);
  }

  /** getservbyport(3). */
  public static @Nullable String name(int port, String protocol) {
    return NAMES.get(port + "/" + protocol);
  }
}
