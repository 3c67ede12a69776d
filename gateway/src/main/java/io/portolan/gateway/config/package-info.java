/**
 * One YAML file, the environment and {@code --set} become records, every key checked.
 *
 * <p>May depend on the JDK and SnakeYAML's node tree. Must not open sockets, resolve names, create files or log: it reads
 * one file, looks at the places that it names, and says what is wrong.
 */
@NullMarked
package io.portolan.gateway.config;

import org.jspecify.annotations.NullMarked;
