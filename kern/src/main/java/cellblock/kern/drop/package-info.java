/**
 * The one door by which packets are dropped: reasons and their counters. Threading: counters belong
 * to the vnet's lane. Ancestor: the scattered {@code goto bad} and {@code m_freem} of the stack.
 */
@NullMarked
package cellblock.kern.drop;

import org.jspecify.annotations.NullMarked;
