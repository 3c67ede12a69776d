package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.time.Instant;

/**
 * A report of storage commitment that was given up for now.
 *
 * @param error why, and what to do, for a person to read; no value of a patient
 */
public record ParkedReport(
        String requestorAe,
        Uid transaction,
        long instances,
        Category category,
        String error,
        int attempts,
        Instant requested) {}
