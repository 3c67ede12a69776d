/**
 * How an HTTP server lets us in: credentials and tokens, TLS, the proxy. One set of options for the FHIR server, for
 * DICOMweb archives, and for the authorization server that gives tokens for them. And the files of TLS for DICOM peers.
 *
 * <p>May depend on: java.net.http, the OAuth 2.0 SDK of Nimbus, ayza for certificates. Must not know: what is asked of a
 * server, and where the options were written. What a secret file holds goes into a header or a form, and nowhere else.
 */
@NullMarked
package io.portolan.gateway.access;

import org.jspecify.annotations.NullMarked;
