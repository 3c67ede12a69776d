/**
 * The only durable state: which instances there are, and which studies are due.
 *
 * <p>May depend on: {@code io.portolan.mapping.study}, JDBI, Flyway. Must not know: sockets, HTTP, FHIR.
 */
@NullMarked
package io.portolan.gateway.ledger;

import org.jspecify.annotations.NullMarked;
