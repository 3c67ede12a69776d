package io.portolan.mapping;

import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudyStatus;

/** What the gateway itself knows of a study. */
final class StatusRules {

    static final Rule<StudySource, ImagingStudyStatus> STATUS =
            Rule.one("available: an instance is there", source -> Value.of(ImagingStudyStatus.AVAILABLE));

    private StatusRules() {}
}
