/**
 * The wire room: bytes to headers and back, one file a protocol. Each protocol has two levels in
 * the same type. The <em>window</em> is a set of static accessors on {@code (byte[] buf, int off)}:
 * no allocation, big-endian, no judgement beyond {@code check}, which returns a {@link
 * cellblock.wire.Defect} and never throws; accessors may be used once {@code check} said {@code
 * NONE}. The <em>value</em> is an immutable record with {@code parse} (null for what {@code check}
 * refuses), {@code emit} (which fills in its own checksum where it can) and a tcpdump-like {@code
 * toString}. Neighbours: none below, every room above. Threading: no state at all, values are
 * immutable; the two capture writers belong to one thread each. FreeBSD ancestor: the header files
 * of {@code sys/net} and {@code sys/netinet}, {@code sys/netinet/in_cksum.c}, and {@code
 * lib/libc/inet}.
 */
@NullMarked
package cellblock.wire;

import org.jspecify.annotations.NullMarked;
