package io.portolan.mapping;

import io.portolan.mapping.study.Standing.Availability;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudyStatus;

/** What the gateway itself knows of a study. */
final class StatusRules {

    static final Rule<StudySource, ImagingStudyStatus> STATUS = Rule.one(
            "available; cancelled: all instances were rejected for quality; entered-in-error: for another reason",
            source -> Value.of(status(source.study().standing().availability())));

    private StatusRules() {}

    private static ImagingStudyStatus status(Availability availability) {
        return switch (availability) {
            // No code of FHIR R4 says that images are no longer kept.
            case AVAILABLE, EXPIRED -> ImagingStudyStatus.AVAILABLE;
            case REJECTED -> ImagingStudyStatus.CANCELLED;
            case WRONG -> ImagingStudyStatus.ENTEREDINERROR;
        };
    }
}
