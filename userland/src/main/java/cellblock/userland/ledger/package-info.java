/**
 * ledger(8): what a jail owns and who held it when. Neighbours: {@code net}'s standard output and
 * its JSON. Threading: the tool's thread. Ancestor: none; FreeBSD has vmstat -m and guesses.
 */
@NullMarked
package cellblock.userland.ledger;

import org.jspecify.annotations.NullMarked;
