package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.ImagingStudy;

/** FHIR R4 ImagingStudy, its own level; series and instances have tables of their own. */
final class ImagingStudyTable {

    // spotless:off
    static final Table<StudySource, ImagingStudy> TABLE = new Table<>("ImagingStudy", List.of(
            // FHIR element                          DICOM attributes                                                                           need      rule                                   setter
            row("ImagingStudy.extension",            List.of(),                                                                                 OPTIONAL, ExtensionRules.STUDY,                  ImagingStudy::addExtension),
            row("ImagingStudy.identifier",           List.of(StudyInstanceUID),                                                                 REQUIRED, IdentifierRules.STUDY_UID,             ImagingStudy::addIdentifier),
            row("ImagingStudy.identifier",           List.of(AccessionNumber, IssuerOfAccessionNumberSequence),                                 OPTIONAL, IdentifierRules.ACCESSION_NUMBER,      ImagingStudy::addIdentifier),
            row("ImagingStudy.identifier",           List.of(StudyID),                                                                          OPTIONAL, IdentifierRules.STUDY_ID,              ImagingStudy::addIdentifier),
            row("ImagingStudy.identifier",           List.of(StudyInstanceUID),                                                                 REQUIRED, IdentifierRules.OWN,                   ImagingStudy::addIdentifier),
            row("ImagingStudy.status",               List.of(),                                                                                 REQUIRED, StatusRules.STATUS,                    ImagingStudy::setStatus),
            row("ImagingStudy.modality",             List.of(Modality),                                                                         OPTIONAL, ModalityRules.STUDY_MODALITY,          ImagingStudy::addModality),
            row("ImagingStudy.subject",              List.of(PatientID, IssuerOfPatientID, IssuerOfPatientIDQualifiersSequence, PatientName, QualityControlSubject, GroupOfPatientsIdentificationSequence),
                                                                                                                                                REQUIRED, SubjectRules.SUBJECT,                  ImagingStudy::setSubject),
            row("ImagingStudy.encounter",            List.of(AdmissionID, IssuerOfAdmissionIDSequence),                                         OPTIONAL, IdentifierRules.ENCOUNTER,             ImagingStudy::setEncounter),
            row("ImagingStudy.started",              List.of(StudyDate, StudyTime, TimezoneOffsetFromUTC),                                      OPTIONAL, DateRules.STUDY_STARTED,               ImagingStudy::setStartedElement),
            row("ImagingStudy.basedOn",              List.of(AccessionNumber, IssuerOfAccessionNumberSequence, RequestAttributesSequence, ReferencedRequestSequence, PlacerOrderNumberImagingServiceRequest, OrderPlacerIdentifierSequence, FillerOrderNumberImagingServiceRequest, OrderFillerIdentifierSequence, RequestedProcedureID),
                                                                                                                                                OPTIONAL, OrderRules.BASED_ON,                   ImagingStudy::addBasedOn),
            row("ImagingStudy.referrer",             List.of(ReferringPhysicianName, ReferringPhysicianIdentificationSequence),                 OPTIONAL, PersonRules.REFERRER,                  ImagingStudy::setReferrer),
            row("ImagingStudy.interpreter",          List.of(NameOfPhysiciansReadingStudy, PhysiciansReadingStudyIdentificationSequence),       OPTIONAL, PersonRules.INTERPRETER,               ImagingStudy::addInterpreter),
            row("ImagingStudy.endpoint",             List.of(),                                                                                 OPTIONAL, EndpointRules.STUDY_ENDPOINTS,         ImagingStudy::addEndpoint),
            row("ImagingStudy.endpoint",             List.of(RetrieveURL),                                                                      OPTIONAL, EndpointRules.RETRIEVE_URL,            ImagingStudy::addEndpoint),
            row("ImagingStudy.numberOfSeries",       List.of(),                                                                                 REQUIRED, NumberRules.NUMBER_OF_SERIES,          ImagingStudy::setNumberOfSeriesElement),
            row("ImagingStudy.numberOfInstances",    List.of(),                                                                                 REQUIRED, NumberRules.NUMBER_OF_INSTANCES,       ImagingStudy::setNumberOfInstancesElement),
            row("ImagingStudy.procedureReference",   List.of(ReferencedPerformedProcedureStepSequence, ReferencedSOPInstanceUID),               OPTIONAL, OrderRules.PROCEDURE_REFERENCE,        ImagingStudy::setProcedureReference),
            row("ImagingStudy.procedureCode",        List.of(ProcedureCodeSequence, PerformedProtocolCodeSequence),                             OPTIONAL, CodeRules.PROCEDURE_CODE,              ImagingStudy::addProcedureCode),
            row("ImagingStudy.location",             List.of(InstitutionalDepartmentName, PerformedLocation, InstitutionName, InstitutionCodeSequence),
                                                                                                                                                OPTIONAL, PlaceRules.LOCATION,                   ImagingStudy::setLocation),
            row("ImagingStudy.reasonCode",           List.of(ReasonForTheRequestedProcedure, ReasonForRequestedProcedureCodeSequence, RequestAttributesSequence, ReasonForPerformedProcedureCodeSequence),
                                                                                                                                                OPTIONAL, CodeRules.REASON_CODE,                 ImagingStudy::addReasonCode),
            row("ImagingStudy.note",                 List.of(StudyDescription),                                                                 OPTIONAL, TextRules.NOTE,                        ImagingStudy::addNote),
            row("ImagingStudy.description",          List.of(StudyDescription),                                                                 OPTIONAL, TextRules.STUDY_DESCRIPTION,           ImagingStudy::setDescription)));
    // spotless:on

    private ImagingStudyTable() {}

    private static <V> Row<StudySource, ImagingStudy, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<StudySource, V> rule,
            BiConsumer<ImagingStudy, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
