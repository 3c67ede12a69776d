/**
 * The command line: one file per command. A command parses, calls one thing, prints, and returns an exit code.
 *
 * <p>May depend on: everything but the sandbox, which it starts as a process.
 */
@NullMarked
package io.portolan.cli;

import org.jspecify.annotations.NullMarked;
