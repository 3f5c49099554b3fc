package cellblock.race;

/**
 * A place where a run could have gone several ways.
 *
 * @param ways how many
 * @param picked which was taken; 0 goes on with what was being done
 * @param preempts whether another way than 0 interrupts somebody who could have gone on
 */
record Decision(int ways, int picked, boolean preempts) {}
