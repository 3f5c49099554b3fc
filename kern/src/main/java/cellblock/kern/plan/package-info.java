/**
 * In which order a jail dies, and which guards hold while it does: data that the classes of the
 * life cycle read. Neighbours: {@code jail}, {@code vnet}, and net's interfaces and routes, which
 * follow it. Threading: immutable. Ancestor: none; in FreeBSD the order is the code.
 */
@NullMarked
package cellblock.kern.plan;

import org.jspecify.annotations.NullMarked;
