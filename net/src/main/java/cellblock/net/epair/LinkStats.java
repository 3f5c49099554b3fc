package cellblock.net.epair;

/**
 * What a {@link LinkModel} has done so far to the frames of one end.
 *
 * @param frames given to the cable
 * @param lost by chance
 * @param full refused, since the queue was full
 * @param duplicated came twice
 * @param reordered spared the delay
 * @param corrupted had a bit turned
 * @param held under way now
 */
public record LinkStats(
    long frames, long lost, long full, long duplicated, long reordered, long corrupted, int held) {}
