package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.time.Instant;

/**
 * A study that was given up for now.
 *
 * @param error what the publisher said, for a person to read
 * @param lastArrival when something last came for it
 */
public record ParkedStudy(
        Uid study, Category category, String error, int attempts, long instances, Instant lastArrival) {}
