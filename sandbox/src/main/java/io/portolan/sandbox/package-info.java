/**
 * A real FHIR server (HAPI FHIR JPA, R4, embedded H2) in a process of its own, for the demo and the integration tests.
 *
 * <p>May depend on HAPI FHIR, Spring, Jetty and H2. Must not depend on any other module, and none may depend on it: they
 * start its jar and speak HTTP. It is a peer to try things on, not a server to keep patients in: no authentication, no
 * encryption, loopback only.
 */
@NullMarked
package io.portolan.sandbox;

import org.jspecify.annotations.NullMarked;
