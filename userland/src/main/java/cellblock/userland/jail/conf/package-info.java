/**
 * The language of jail.conf(5): bytes to tokens, tokens to the jails and parameters as written.
 * Nothing is resolved here: wildcards and variables are the business of {@code
 * cellblock.userland.jail}. Threading: values are immutable, a parser is used once. Ancestors:
 * usr.sbin/jail/jaillex.l and jailparse.y, by hand instead of lex and yacc.
 */
@NullMarked
package cellblock.userland.jail.conf;

import org.jspecify.annotations.NullMarked;
