/**
 * The laws of the house as tests over the compiled modules: which package may name which, what the
 * stack may not do, how types are called, and which Java runs it. The allow-lists are text files in
 * src/test/resources. Neighbours: every module, by its class files alone. Threading: none.
 * Ancestor: none.
 */
@NullMarked
package cellblock.it.law;

import org.jspecify.annotations.NullMarked;
