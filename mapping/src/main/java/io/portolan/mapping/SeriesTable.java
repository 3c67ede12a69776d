package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfSeries;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesComponent;

/** FHIR R4 ImagingStudy.series. */
final class SeriesTable {

    // spotless:off
    static final Table<OfSeries, ImagingStudySeriesComponent> TABLE = new Table<>("ImagingStudy.series", List.of(
            // FHIR element                              DICOM attributes                                                                  need      rule                                      setter
            row("ImagingStudy.series.extension",         List.of(),                                                                        OPTIONAL, ExtensionRules.SERIES,                    ImagingStudySeriesComponent::addExtension),
            row("ImagingStudy.series.uid",               List.of(SeriesInstanceUID),                                                       REQUIRED, UidRules.SERIES_UID,                      ImagingStudySeriesComponent::setUid),
            row("ImagingStudy.series.number",            List.of(SeriesNumber),                                                            OPTIONAL, NumberRules.SERIES_NUMBER,                ImagingStudySeriesComponent::setNumberElement),
            row("ImagingStudy.series.modality",          List.of(Modality),                                                                REQUIRED, ModalityRules.SERIES_MODALITY,            ImagingStudySeriesComponent::setModality),
            row("ImagingStudy.series.description",       List.of(SeriesDescription, SeriesDescriptionCodeSequence),                        OPTIONAL, TextRules.SERIES_DESCRIPTION,             ImagingStudySeriesComponent::setDescription),
            row("ImagingStudy.series.numberOfInstances", List.of(),                                                                        REQUIRED, NumberRules.SERIES_NUMBER_OF_INSTANCES,   ImagingStudySeriesComponent::setNumberOfInstancesElement),
            row("ImagingStudy.series.endpoint",          List.of(),                                                                        OPTIONAL, EndpointRules.SERIES_ENDPOINTS,           ImagingStudySeriesComponent::addEndpoint),
            row("ImagingStudy.series.bodySite",          List.of(AnatomicRegionSequence, SharedFunctionalGroupsSequence, BodyPartExamined),  OPTIONAL, BodyRules.BODY_SITE,                      ImagingStudySeriesComponent::setBodySite),
            row("ImagingStudy.series.laterality",        List.of(Laterality, ImageLaterality, SharedFunctionalGroupsSequence),             OPTIONAL, BodyRules.LATERALITY,                     ImagingStudySeriesComponent::setLaterality),
            row("ImagingStudy.series.specimen",          List.of(SpecimenDescriptionSequence, SpecimenIdentifier, IssuerOfTheSpecimenIdentifierSequence, SpecimenUID, ContainerIdentifier, IssuerOfTheContainerIdentifierSequence),
                                                                                                                                           OPTIONAL, SpecimenRules.SPECIMEN,                   ImagingStudySeriesComponent::addSpecimen),
            row("ImagingStudy.series.started",           List.of(SeriesDate, SeriesTime, TimezoneOffsetFromUTC),                           OPTIONAL, DateRules.SERIES_STARTED,                 ImagingStudySeriesComponent::setStartedElement),
            row("ImagingStudy.series.performer",         List.of(PerformingPhysicianName, PerformingPhysicianIdentificationSequence),      OPTIONAL, PerformerRules.PHYSICIANS,                ImagingStudySeriesComponent::addPerformer),
            row("ImagingStudy.series.performer",         List.of(OperatorsName, OperatorIdentificationSequence),                           OPTIONAL, PerformerRules.OPERATORS,                 ImagingStudySeriesComponent::addPerformer),
            row("ImagingStudy.series.performer",         List.of(Manufacturer, ManufacturerModelName, StationName, DeviceUID, DeviceSerialNumber),
                                                                                                                                           OPTIONAL, PerformerRules.DEVICE,                    ImagingStudySeriesComponent::addPerformer),
            row("ImagingStudy.series.performer",         List.of(InstitutionName, InstitutionCodeSequence),                                OPTIONAL, PerformerRules.INSTITUTION,               ImagingStudySeriesComponent::addPerformer)));
    // spotless:on

    private SeriesTable() {}

    private static <V> Row<OfSeries, ImagingStudySeriesComponent, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfSeries, V> rule,
            BiConsumer<ImagingStudySeriesComponent, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
