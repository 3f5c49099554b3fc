/**
 * The stack against the kernel of the host, Linux: a TAP device joins a jail to a network
 * namespace. Tagged {@code interop}; unless they are asked for by {@code -Dcellblock.interop=true},
 * and without the right or a program that is needed, they are skipped and say so. Nothing outside
 * the namespace is touched.
 */
@NullMarked
package cellblock.it.interop;

import org.jspecify.annotations.NullMarked;
