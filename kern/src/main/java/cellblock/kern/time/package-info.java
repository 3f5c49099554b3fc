/**
 * Time: the clock, callouts of lanes, and the alarms that wake lanes. Neighbours: {@code lane},
 * {@code ledger}. Threading: callouts belong to their lane. Ancestor: sys/kern/kern_timeout.c.
 */
@NullMarked
package cellblock.kern.time;

import org.jspecify.annotations.NullMarked;
