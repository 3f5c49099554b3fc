/**
 * setkey(8): keys of TCP's MD5 option. Neighbours: {@code cellblock.control}. Threading: one thread
 * a run. Ancestor: sbin/setkey (setkey.c, parse.y, token.l).
 */
@NullMarked
package cellblock.userland.net.setkey;

import org.jspecify.annotations.NullMarked;
