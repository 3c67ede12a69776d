package io.portolan.dicom;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The attributes that the mapping reads, by keyword (PS3.6 chapter 6), with their level (PS3.3).
 *
 * <p>This one table decides what a reader keeps and where the ledger stores it. An attribute that belongs to the SOP
 * Common module but explains values of several levels (time zone, coding schemes) is kept at each of them.
 */
public enum Attribute {
    // spotless:off
    SpecificCharacterSet(                        0x0008_0005, Vr.CS, Level.NESTED),
    ImageType(                                   0x0008_0008, Vr.CS, Level.INSTANCE),
    SOPClassUID(                                 0x0008_0016, Vr.UI, Level.INSTANCE),
    SOPInstanceUID(                              0x0008_0018, Vr.UI, Level.INSTANCE),
    StudyDate(                                   0x0008_0020, Vr.DA, Level.STUDY),
    SeriesDate(                                  0x0008_0021, Vr.DA, Level.SERIES),
    StudyTime(                                   0x0008_0030, Vr.TM, Level.STUDY),
    SeriesTime(                                  0x0008_0031, Vr.TM, Level.SERIES),
    AccessionNumber(                             0x0008_0050, Vr.SH, Level.STUDY),
    IssuerOfAccessionNumberSequence(             0x0008_0051, Vr.SQ, Level.STUDY),
    Modality(                                    0x0008_0060, Vr.CS, Level.SERIES),
    Manufacturer(                                0x0008_0070, Vr.LO, Level.SERIES),
    InstitutionName(                             0x0008_0080, Vr.LO, Level.SERIES),
    InstitutionAddress(                          0x0008_0081, Vr.ST, Level.NESTED),
    InstitutionCodeSequence(                     0x0008_0082, Vr.SQ, Level.SERIES),
    ReferringPhysicianName(                      0x0008_0090, Vr.PN, Level.STUDY),
    ReferringPhysicianIdentificationSequence(    0x0008_0096, Vr.SQ, Level.STUDY),
    CodeValue(                                   0x0008_0100, Vr.SH, Level.NESTED),
    CodingSchemeDesignator(                      0x0008_0102, Vr.SH, Level.NESTED),
    CodingSchemeVersion(                         0x0008_0103, Vr.SH, Level.NESTED),
    CodeMeaning(                                 0x0008_0104, Vr.LO, Level.NESTED),
    CodingSchemeUID(                             0x0008_010C, Vr.UI, Level.NESTED),
    CodingSchemeIdentificationSequence(          0x0008_0110, Vr.SQ, Level.STUDY, Level.SERIES),
    CodingSchemeRegistry(                        0x0008_0112, Vr.LO, Level.NESTED),
    CodingSchemeExternalID(                      0x0008_0114, Vr.ST, Level.NESTED),
    CodingSchemeName(                            0x0008_0115, Vr.ST, Level.NESTED),
    LongCodeValue(                               0x0008_0119, Vr.UC, Level.NESTED),
    URNCodeValue(                                0x0008_0120, Vr.UR, Level.NESTED),
    TimezoneOffsetFromUTC(                       0x0008_0201, Vr.SH, Level.PATIENT, Level.STUDY, Level.SERIES),
    StationName(                                 0x0008_1010, Vr.SH, Level.SERIES),
    StudyDescription(                            0x0008_1030, Vr.LO, Level.STUDY),
    ProcedureCodeSequence(                       0x0008_1032, Vr.SQ, Level.STUDY),
    SeriesDescription(                           0x0008_103E, Vr.LO, Level.SERIES),
    SeriesDescriptionCodeSequence(               0x0008_103F, Vr.SQ, Level.SERIES),
    InstitutionalDepartmentName(                 0x0008_1040, Vr.LO, Level.SERIES),
    PerformingPhysicianName(                     0x0008_1050, Vr.PN, Level.SERIES),
    PerformingPhysicianIdentificationSequence(   0x0008_1052, Vr.SQ, Level.SERIES),
    NameOfPhysiciansReadingStudy(                0x0008_1060, Vr.PN, Level.STUDY),
    PhysiciansReadingStudyIdentificationSequence(0x0008_1062, Vr.SQ, Level.STUDY),
    OperatorsName(                               0x0008_1070, Vr.PN, Level.SERIES),
    OperatorIdentificationSequence(              0x0008_1072, Vr.SQ, Level.SERIES),
    ManufacturerModelName(                       0x0008_1090, Vr.LO, Level.SERIES),
    ReferencedPerformedProcedureStepSequence(    0x0008_1111, Vr.SQ, Level.SERIES),
    ReferencedSeriesSequence(                    0x0008_1115, Vr.SQ, Level.NESTED),
    ReferencedSOPClassUID(                       0x0008_1150, Vr.UI, Level.NESTED),
    ReferencedSOPInstanceUID(                    0x0008_1155, Vr.UI, Level.NESTED),
    ReferencedFrameNumber(                       0x0008_1160, Vr.IS, Level.NESTED),
    RetrieveURL(                                 0x0008_1190, Vr.UR, Level.STUDY),
    ReferencedSOPSequence(                       0x0008_1199, Vr.SQ, Level.NESTED),
    AnatomicRegionSequence(                      0x0008_2218, Vr.SQ, Level.SERIES),
    PatientName(                                 0x0010_0010, Vr.PN, Level.PATIENT),
    PatientID(                                   0x0010_0020, Vr.LO, Level.PATIENT),
    IssuerOfPatientID(                           0x0010_0021, Vr.LO, Level.PATIENT),
    TypeOfPatientID(                             0x0010_0022, Vr.CS, Level.NESTED),
    IssuerOfPatientIDQualifiersSequence(         0x0010_0024, Vr.SQ, Level.PATIENT),
    GroupOfPatientsIdentificationSequence(       0x0010_0027, Vr.SQ, Level.PATIENT),
    PatientBirthDate(                            0x0010_0030, Vr.DA, Level.PATIENT),
    PatientBirthTime(                            0x0010_0032, Vr.TM, Level.PATIENT),
    PatientSex(                                  0x0010_0040, Vr.CS, Level.PATIENT),
    QualityControlSubject(                       0x0010_0200, Vr.CS, Level.PATIENT),
    OtherPatientNames(                           0x0010_1001, Vr.PN, Level.PATIENT),
    OtherPatientIDsSequence(                     0x0010_1002, Vr.SQ, Level.PATIENT),
    PatientAddress(                              0x0010_1040, Vr.LO, Level.PATIENT),
    PatientTelephoneNumbers(                     0x0010_2154, Vr.SH, Level.PATIENT),
    PatientSpeciesDescription(                   0x0010_2201, Vr.LO, Level.PATIENT),
    PatientSpeciesCodeSequence(                  0x0010_2202, Vr.SQ, Level.PATIENT),
    PatientSexNeutered(                          0x0010_2203, Vr.CS, Level.PATIENT),
    PatientBreedDescription(                     0x0010_2292, Vr.LO, Level.PATIENT),
    PatientBreedCodeSequence(                    0x0010_2293, Vr.SQ, Level.PATIENT),
    BodyPartExamined(                            0x0018_0015, Vr.CS, Level.SERIES),
    DeviceSerialNumber(                          0x0018_1000, Vr.LO, Level.SERIES),
    DeviceUID(                                   0x0018_1002, Vr.UI, Level.SERIES),
    SoftwareVersions(                            0x0018_1020, Vr.LO, Level.SERIES),
    StudyInstanceUID(                            0x0020_000D, Vr.UI, Level.STUDY),
    SeriesInstanceUID(                           0x0020_000E, Vr.UI, Level.SERIES),
    StudyID(                                     0x0020_0010, Vr.SH, Level.STUDY),
    SeriesNumber(                                0x0020_0011, Vr.IS, Level.SERIES),
    InstanceNumber(                              0x0020_0013, Vr.IS, Level.INSTANCE),
    Laterality(                                  0x0020_0060, Vr.CS, Level.SERIES),
    ImageLaterality(                             0x0020_0062, Vr.CS, Level.SERIES),
    FrameAnatomySequence(                        0x0020_9071, Vr.SQ, Level.NESTED),
    FrameLaterality(                             0x0020_9072, Vr.CS, Level.NESTED),
    RequestedProcedureDescription(               0x0032_1060, Vr.LO, Level.STUDY),
    RequestedProcedureCodeSequence(              0x0032_1064, Vr.SQ, Level.STUDY),
    AdmissionID(                                 0x0038_0010, Vr.LO, Level.STUDY),
    IssuerOfAdmissionIDSequence(                 0x0038_0014, Vr.SQ, Level.STUDY),
    OrderPlacerIdentifierSequence(               0x0040_0026, Vr.SQ, Level.NESTED),
    OrderFillerIdentifierSequence(               0x0040_0027, Vr.SQ, Level.NESTED),
    LocalNamespaceEntityID(                      0x0040_0031, Vr.UT, Level.NESTED),
    UniversalEntityID(                           0x0040_0032, Vr.UT, Level.NESTED),
    UniversalEntityIDType(                       0x0040_0033, Vr.CS, Level.NESTED),
    AssigningFacilitySequence(                   0x0040_0036, Vr.SQ, Level.NESTED),
    AssigningJurisdictionCodeSequence(           0x0040_0039, Vr.SQ, Level.NESTED),
    AssigningAgencyOrDepartmentCodeSequence(     0x0040_003A, Vr.SQ, Level.NESTED),
    PerformedLocation(                           0x0040_0243, Vr.SH, Level.SERIES),
    PerformedProtocolCodeSequence(               0x0040_0260, Vr.SQ, Level.SERIES),
    RequestAttributesSequence(                   0x0040_0275, Vr.SQ, Level.SERIES),
    ContainerIdentifier(                         0x0040_0512, Vr.LO, Level.SERIES),
    IssuerOfTheContainerIdentifierSequence(      0x0040_0513, Vr.SQ, Level.SERIES),
    SpecimenIdentifier(                          0x0040_0551, Vr.LO, Level.NESTED),
    SpecimenUID(                                 0x0040_0554, Vr.UI, Level.NESTED),
    SpecimenDescriptionSequence(                 0x0040_0560, Vr.SQ, Level.SERIES),
    IssuerOfTheSpecimenIdentifierSequence(       0x0040_0562, Vr.SQ, Level.NESTED),
    SpecimenTypeCodeSequence(                    0x0040_059A, Vr.SQ, Level.NESTED),
    SpecimenShortDescription(                    0x0040_0600, Vr.LO, Level.NESTED),
    SpecimenDetailedDescription(                 0x0040_0602, Vr.UT, Level.NESTED),
    RequestedProcedureID(                        0x0040_1001, Vr.SH, Level.NESTED),
    ReasonForTheRequestedProcedure(              0x0040_1002, Vr.LO, Level.STUDY),
    ReasonForRequestedProcedureCodeSequence(     0x0040_100A, Vr.SQ, Level.STUDY),
    ReasonForPerformedProcedureCodeSequence(     0x0040_1012, Vr.SQ, Level.STUDY),
    PersonIdentificationCodeSequence(            0x0040_1101, Vr.SQ, Level.NESTED),
    PersonAddress(                               0x0040_1102, Vr.ST, Level.NESTED),
    PersonTelephoneNumbers(                      0x0040_1103, Vr.LO, Level.NESTED),
    PlacerOrderNumberImagingServiceRequest(      0x0040_2016, Vr.LO, Level.NESTED),
    FillerOrderNumberImagingServiceRequest(      0x0040_2017, Vr.LO, Level.NESTED),
    ConceptNameCodeSequence(                     0x0040_A043, Vr.SQ, Level.INSTANCE),
    TextValue(                                   0x0040_A160, Vr.UT, Level.NESTED),
    ReferencedRequestSequence(                   0x0040_A370, Vr.SQ, Level.INSTANCE),
    CurrentRequestedProcedureEvidenceSequence(   0x0040_A375, Vr.SQ, Level.INSTANCE),
    IdenticalDocumentsSequence(                  0x0040_A525, Vr.SQ, Level.INSTANCE),
    ContentSequence(                             0x0040_A730, Vr.SQ, Level.INSTANCE),
    DocumentTitle(                               0x0042_0010, Vr.ST, Level.INSTANCE),
    ContentLabel(                                0x0070_0080, Vr.CS, Level.INSTANCE),
    SharedFunctionalGroupsSequence(              0x5200_9229, Vr.SQ, Level.SERIES);
    // spotless:on

    private static final Attribute[] BY_TAG = values();
    private static final int[] TAGS = new int[BY_TAG.length];
    private static final Map<Level, List<Attribute>> BY_LEVEL = new EnumMap<>(Level.class);

    static {
        // No tag of the table has the sign bit, so signed order is the order of tags.
        Arrays.sort(BY_TAG, Comparator.comparingInt(Attribute::tag));
        Arrays.setAll(TAGS, i -> BY_TAG[i].tag);
        for (Level level : Level.values()) {
            BY_LEVEL.put(
                    level, Arrays.stream(values()).filter(a -> a.isAt(level)).toList());
        }
    }

    private final int tag;
    private final Vr vr;

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list
    private final List<Level> levels;

    Attribute(int tag, Vr vr, Level first, Level... more) {
        this.tag = tag;
        this.vr = vr;
        this.levels = Stream.concat(Stream.of(first), Arrays.stream(more)).toList();
    }

    /** Group in the upper 16 bits, element in the lower. */
    public int tag() {
        return tag;
    }

    public Vr vr() {
        return vr;
    }

    public boolean isAt(Level level) {
        return levels.contains(level);
    }

    /** The attributes kept at a level, ascending by tag. */
    public static List<Attribute> at(Level level) {
        return BY_LEVEL.getOrDefault(level, List.of());
    }

    /** The attribute with this tag, if the mapping reads it. */
    public static Optional<Attribute> find(int tag) {
        int index = Arrays.binarySearch(TAGS, tag);
        return index < 0 ? Optional.empty() : Optional.of(BY_TAG[index]);
    }

    /** The attribute with this keyword, if the mapping reads it at the top level of instances. */
    public static Optional<Attribute> findKeyword(String keyword) {
        return Arrays.stream(BY_TAG)
                .filter(attribute -> attribute.name().equals(keyword) && !attribute.isAt(Level.NESTED))
                .findFirst();
    }

    /** The value representation of this tag, or the other one for a tag that the mapping does not read. */
    public static Vr vrOf(int tag, Vr otherwise) {
        int index = Arrays.binarySearch(TAGS, tag);
        return index < 0 ? otherwise : BY_TAG[index].vr;
    }
}
