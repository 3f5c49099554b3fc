/**
 * Processes and credentials: thread to process to credential to prison to vnet. Neighbour: {@code
 * jail}. Threading: the kernel lane. Ancestor: struct proc, struct ucred.
 */
@NullMarked
package cellblock.kern.proc;

import org.jspecify.annotations.NullMarked;
