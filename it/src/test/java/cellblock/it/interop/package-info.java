/**
 * The stack against the kernel of the host, Linux: a TAP device joins a jail to a network
 * namespace. Tagged {@code interop}; without the right, or without a program that is needed, they
 * are skipped and say what is missing. Nothing outside the namespace is touched.
 */
@NullMarked
package cellblock.it.interop;

import org.jspecify.annotations.NullMarked;
