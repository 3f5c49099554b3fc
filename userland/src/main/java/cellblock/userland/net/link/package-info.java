/**
 * link(8): what a cable does to the frames of an epair end. Neighbours: {@code
 * cellblock.userland.net}, {@code cellblock.control}. Threading: one thread a run. No FreeBSD
 * ancestor; the words are those of dummynet(4) and of Linux's netem.
 */
@NullMarked
package cellblock.userland.net.link;

import org.jspecify.annotations.NullMarked;
