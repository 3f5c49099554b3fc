/**
 * Captures: copies of the frames of an interface for whoever reads them. Neighbours: {@code ifnet}
 * (its tap point), tools above. Threading: written in the lane, read by one thread outside it.
 * Ancestor: sys/net/bpf.c; filters are the reader's business.
 */
@NullMarked
package cellblock.net.bpf;

import org.jspecify.annotations.NullMarked;
