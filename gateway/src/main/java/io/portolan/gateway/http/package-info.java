/**
 * What the gateway tells over HTTP: whether it lives, whether it can take instances, and what is parked.
 *
 * <p>May depend on: Javalin, Jackson, the ledger. Must not know: how anything else works. No patient value is ever told.
 */
@NullMarked
package io.portolan.gateway.http;

import org.jspecify.annotations.NullMarked;
