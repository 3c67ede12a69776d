/**
 * Studies out over HTTP: read, merge, compare, write, and what to do when it does not work.
 *
 * <p>May depend on: {@code io.portolan.gateway.ledger}, {@code io.portolan.mapping}, java.net.http, Jackson, the HAPI
 * parser. Must not know: how instances came in.
 *
 * <p>A resource is never logged, and never part of an exception.
 */
@NullMarked
package io.portolan.gateway.publish;

import org.jspecify.annotations.NullMarked;
