/**
 * The sysctl tree: declarations by modules, values per vnet or per machine. Neighbours: {@code
 * module} (declares), {@code vnet}. Threading: see {@link cellblock.kern.sysctl.SysctlDeclaration}.
 * Ancestor: sys/kern/kern_sysctl.c.
 */
@NullMarked
package cellblock.kern.sysctl;

import org.jspecify.annotations.NullMarked;
