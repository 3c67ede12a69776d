package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import java.time.Instant;

/**
 * The files of one study that the PACS did not take, for one category.
 *
 * @param error what the PACS said of the last of them, for a person to read; no value of a patient
 * @param overtaken those of them of which the PACS has a newer file by now: only who names the study has them replayed
 * @param lastArrival when the last of them was received
 */
public record ParkedFiles(
        Uid study, Category category, String error, int attempts, long files, long overtaken, Instant lastArrival) {}
