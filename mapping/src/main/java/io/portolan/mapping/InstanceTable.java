package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.StudySource.OfInstance;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesInstanceComponent;

/** FHIR R4 ImagingStudy.series.instance. */
final class InstanceTable {

    // spotless:off
    static final Table<OfInstance, ImagingStudySeriesInstanceComponent> TABLE = new Table<>("ImagingStudy.series.instance", List.of(
            // FHIR element                              DICOM attributes                                                                  need      rule                          setter
            row("ImagingStudy.series.instance.extension", List.of(),                                                                       OPTIONAL, ExtensionRules.INSTANCE,      ImagingStudySeriesInstanceComponent::addExtension),
            row("ImagingStudy.series.instance.extension", List.of(ReferencedFrameNumber),                                                  OPTIONAL, NumberRules.FRAMES,           ImagingStudySeriesInstanceComponent::addExtension),
            row("ImagingStudy.series.instance.uid",      List.of(SOPInstanceUID),                                                          REQUIRED, UidRules.INSTANCE_UID,        ImagingStudySeriesInstanceComponent::setUid),
            row("ImagingStudy.series.instance.sopClass", List.of(SOPClassUID),                                                             REQUIRED, UidRules.SOP_CLASS,           ImagingStudySeriesInstanceComponent::setSopClass),
            row("ImagingStudy.series.instance.number",   List.of(InstanceNumber),                                                          OPTIONAL, NumberRules.INSTANCE_NUMBER,  ImagingStudySeriesInstanceComponent::setNumberElement),
            row("ImagingStudy.series.instance.title",    List.of(ContentLabel, ConceptNameCodeSequence, CodeMeaning, DocumentTitle, ImageType), OPTIONAL, TextRules.TITLE,          ImagingStudySeriesInstanceComponent::setTitle)));
    // spotless:on

    private InstanceTable() {}

    private static <V> Row<OfInstance, ImagingStudySeriesInstanceComponent, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<OfInstance, V> rule,
            BiConsumer<ImagingStudySeriesInstanceComponent, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
