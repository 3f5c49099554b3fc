/**
 * rtadvd(8): advertises a router and its prefixes. Neighbours: the kernel only forwards. Threading:
 * the tool's own. Ancestor: usr.sbin/rtadvd.
 */
@NullMarked
package cellblock.userland.net.rtadvd;

import org.jspecify.annotations.NullMarked;
