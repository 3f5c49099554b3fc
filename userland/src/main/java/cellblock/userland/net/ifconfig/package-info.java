/**
 * ifconfig(8): options ({@link cellblock.userland.net.ifconfig.Ifconfig}), the words of a command
 * line, done in order ({@link cellblock.userland.net.ifconfig.IfChange}), and what it prints
 * ({@link cellblock.userland.net.ifconfig.IfStatus}). A new driver adds rows to {@link
 * cellblock.userland.net.ifconfig.DriverWords} and lines to its interfaces' {@code IfInfo}; nothing
 * else here changes. Threading: one run, one thread. Ancestor: sbin/ifconfig.
 */
@NullMarked
package cellblock.userland.net.ifconfig;

import org.jspecify.annotations.NullMarked;
