/**
 * From the DICOM network to the ledger: instances kept as files, their headers recorded.
 *
 * <p>May depend on: {@code io.portolan.dicom}, the ledger. Must not know: FHIR, the publisher, HTTP.
 */
@NullMarked
package io.portolan.gateway.receive;

import org.jspecify.annotations.NullMarked;
