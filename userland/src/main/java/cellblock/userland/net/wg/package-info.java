/**
 * wg(8): what WireGuard devices are set to and have seen, and how they are set. Neighbours: {@code
 * cellblock.control} (the driver's own words, "wg"), {@code cellblock.wire} for keys. Threading:
 * one run, one thread. Ancestor: contrib/wireguard-tools of FreeBSD.
 */
@NullMarked
package cellblock.userland.net.wg;

import org.jspecify.annotations.NullMarked;
