/**
 * The door of a process into its kernel: requests looked at, handed to the subsystem that answers,
 * and its facts turned into replies. Neighbours: {@code control} above; {@code kern}, {@code net},
 * {@code inet} below. Threading: any thread outside the lanes. Ancestor: the system-call, ioctl,
 * sysctl and routing-socket layers.
 */
@NullMarked
package cellblock.host.port;

import org.jspecify.annotations.NullMarked;
