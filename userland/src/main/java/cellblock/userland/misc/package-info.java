/**
 * What several tools share: option letters, messages, starting a child, the host table. The small
 * tools that ask the kernel one question live here, too: sysctl, hostname, dmesg, getaddrinfo, the
 * kld family and the stand-ins for rc. Neighbours: {@code cellblock.control}, {@code
 * cellblock.control.tool}. Threading: one object for one run of one tool, on its thread. Ancestors:
 * getopt(3), err(3), sbin/sysctl, sbin/kldload, bin/hostname, sbin/dmesg, usr.bin/getaddrinfo,
 * libexec/rc.
 */
@NullMarked
package cellblock.userland.misc;

import org.jspecify.annotations.NullMarked;
