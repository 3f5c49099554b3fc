/**
 * tcpdump(1): prints and saves what passes an interface. Neighbours: {@code cellblock.control}
 * (CapturePort), {@code cellblock.wire} (printing, file formats). Threading: one thread a run.
 * Ancestors: contrib/tcpdump, contrib/libpcap.
 */
@NullMarked
package cellblock.userland.net.tcpdump;

import org.jspecify.annotations.NullMarked;
