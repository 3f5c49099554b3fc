/**
 * Error numbers and the one exception that carries them: how the control plane refuses. Ancestor:
 * sys/errno.h. Threading: immutable.
 */
@NullMarked
package cellblock.kern.errno;

import org.jspecify.annotations.NullMarked;
