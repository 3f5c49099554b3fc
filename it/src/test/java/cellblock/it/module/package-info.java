/**
 * Modules as jars: the skeleton of docs/writing-a-module.md built, loaded and unloaded, modules
 * that misbehave, and the documents' own promises. Neighbours: {@code kern.module}, {@code
 * host.module}. Threading: the test's thread. Ancestor: none.
 */
@NullMarked
package cellblock.it.module;

import org.jspecify.annotations.NullMarked;
