/**
 * What the gateway tells over HTTP: whether it lives and whether it can take instances.
 *
 * <p>May depend on: Javalin, Jackson. Must not know: how anything works. No patient value is ever told.
 */
@NullMarked
package io.portolan.gateway.http;

import org.jspecify.annotations.NullMarked;
