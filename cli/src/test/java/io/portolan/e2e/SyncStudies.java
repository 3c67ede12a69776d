package io.portolan.e2e;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.testdata.SyntheticStudies;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Studies of an archive, of the kinds that make differences: several series, documents, sequences, names, dates that are missing. */
final class SyncStudies {

    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 5);
    private static final int PATIENTS = 40;
    private static final List<String> NAMES =
            List.of("Müller^Jörg", "Ωμέγα^Άλφα", "Smith^Anna^Maria^Dr", "Łukasz^Żaneta", "Plain^Name");

    private final String root;

    /** @param root of the UIDs, of the test's own: all tests share one FHIR server */
    SyncStudies(String root) {
        this.root = root;
    }

    String uid(int study) {
        return root + "." + study;
    }

    /** Instances of some studies. */
    List<DataSet> all(int from, int to) {
        List<DataSet> all = new ArrayList<>();
        for (int study = from; study < to; study++) {
            all.addAll(study(study));
        }
        return all;
    }

    /** The instances of a study; what kind it is follows from its number. */
    List<DataSet> study(int study) {
        List<DataSet> instances = new ArrayList<>();
        List<DataSet> like = like(study);
        boolean ownCharacters = study % 8 == 7; // must stay in ISO 2022
        for (DataSet instance : Instances.ofStudy(uid(study), like)) {
            instances.add(patient(study, ownCharacters, instance));
        }
        if (study % 8 == 3) {
            instances.add(patient(
                    study, false, KeyObjects.of("1", "113000", "Of Interest", List.copyOf(instances.subList(0, 2)))));
        }
        return instances;
    }

    /** A study as if it were of another day, such as that of study 0. */
    List<DataSet> ofDay(int study, int day) {
        return study(study).stream()
                .map(one -> with(one, Attribute.StudyDate, date(day)).build())
                .toList();
    }

    /** A study as if it were of another patient. */
    List<DataSet> ofPatient(int study, String id) {
        return study(study).stream()
                .map(one -> with(one, Attribute.PatientID, id)
                        .add(Attribute.PatientName, "Moved^To")
                        .build())
                .toList();
    }

    /** The same instances, which say something else. */
    static List<DataSet> corrected(List<DataSet> instances, Attribute attribute, String value) {
        return instances.stream()
                .map(one -> with(one, attribute, value).build())
                .toList();
    }

    private static String date(int day) {
        return FIRST_DAY.plusDays(day).format(DateTimeFormatter.BASIC_ISO_DATE);
    }

    /** One more series of a study. */
    List<DataSet> moreSeries(int study) {
        List<DataSet> more = Instances.ofStudy(uid(study), SyntheticStudies.ctTwoSeries()).stream()
                .map(one -> with(
                                one,
                                Attribute.SeriesInstanceUID,
                                one.string(Attribute.SeriesInstanceUID).orElseThrow() + ".77")
                        .add(
                                Attribute.SOPInstanceUID,
                                one.string(Attribute.SOPInstanceUID).orElseThrow() + ".77")
                        .add(Attribute.SeriesDescription, "added")
                        .build())
                .toList();
        return more.stream().map(one -> patient(study, false, one)).toList();
    }

    /** One more instance of the first series of a study. */
    DataSet moreInstance(int study) {
        DataSet first = study(study).get(0);
        return with(
                        first,
                        Attribute.SOPInstanceUID,
                        first.string(Attribute.SOPInstanceUID).orElseThrow() + ".88")
                .add(Attribute.InstanceNumber, "88")
                .build();
    }

    private static List<DataSet> like(int study) {
        return switch (study % 8) {
            case 0 ->
                SyntheticStudies.ctTwoSeries().stream()
                        .map(SyncStudies::ordered)
                        .toList();
            case 1, 5 -> SyntheticStudies.mr();
            case 2 -> SyntheticStudies.cr();
            case 3 -> SyntheticStudies.ctTwoSeries();
            case 4 ->
                SyntheticStudies.srBesideCt().stream()
                        .map(SyncStudies::reporting)
                        .toList();
            case 6 -> SyntheticStudies.usMultiframe();
            default -> SyntheticStudies.japaneseName();
        };
    }

    private static DataSet.Builder with(DataSet instance, Attribute attribute, String... values) {
        return DataSet.builder(instance.characterSet()).addAll(instance).add(attribute, values);
    }

    /** The patient, the day and the words of a study. */
    private DataSet patient(int study, boolean ownCharacters, DataSet instance) {
        DataSet.Builder builder =
                ownCharacters ? DataSet.builder(instance.characterSet()) : DataSet.builder(CharacterSet.UTF_8);
        builder.addAll(instance);
        if (!ownCharacters) {
            builder.add(Attribute.SpecificCharacterSet, "ISO_IR 192")
                    .add(Attribute.PatientName, NAMES.get(study % PATIENTS % NAMES.size()));
        }
        builder.add(Attribute.PatientID, root.substring(root.length() - 4) + "-" + study % PATIENTS)
                .add(Attribute.AccessionNumber, "A" + root.substring(root.length() - 4) + "." + study)
                .add(Attribute.StudyTime, String.format(Locale.ROOT, "%02d%02d00", 7 + study % 12, study * 7 % 60))
                .add(Attribute.StudyDescription, "study " + study)
                .add(Attribute.StudyID, "S" + study)
                .add(Attribute.StudyDate, date(study / 3));
        DataSet dated = builder.build();
        return study % 8 == 5 ? dated.where(tag -> tag != Attribute.StudyDate.tag()) : dated;
    }

    private static DataSet code(String value, String meaning) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, value)
                .add(Attribute.CodingSchemeDesignator, "LN")
                .add(Attribute.CodeMeaning, meaning)
                .build();
    }

    /** With what an order gives a study and its series. */
    private static DataSet ordered(DataSet instance) {
        DataSet request = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.RequestedProcedureID, "RP-1")
                .add(Attribute.RequestedProcedureDescription, "CT of the chest")
                .add(Attribute.RequestedProcedureCodeSequence, List.of(code("24627-2", "CT Chest")))
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .addAll(instance)
                .add(Attribute.ProcedureCodeSequence, List.of(code("24627-2", "CT Chest")))
                .add(Attribute.RequestAttributesSequence, List.of(request))
                .add(Attribute.ReferringPhysicianName, "Referrer^Rita")
                .build();
    }

    /** A report, as it names its order and its title. */
    private static DataSet reporting(DataSet instance) {
        if (!instance.string(Attribute.Modality).orElse("").equals("SR")) {
            return instance;
        }
        DataSet request = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.AccessionNumber, "ORDER-7")
                .add(Attribute.StudyInstanceUID, Instances.studyUid(instance))
                .add(Attribute.RequestedProcedureID, "RP-7")
                .add(Attribute.RequestedProcedureCodeSequence, List.of(code("24627-2", "CT Chest")))
                .build();
        return DataSet.builder(CharacterSet.UTF_8)
                .addAll(instance)
                .add(Attribute.ConceptNameCodeSequence, List.of(code("18748-4", "Diagnostic imaging study")))
                .add(Attribute.ReferencedRequestSequence, List.of(request))
                .build();
    }
}
