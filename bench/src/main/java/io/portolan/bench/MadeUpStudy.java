package io.portolan.bench;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.gateway.ledger.Reception;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * A study as a department makes it: of one modality, with the attributes that real instances have and the ledger keeps, and UIDs as
 * vendors make them. Every patient is invented. Equal seeds make equal studies.
 */
record MadeUpStudy(Kind kind, long seed, LocalDate day) {

    /** Sizes, and how UIDs are made. A radiograph and an ultrasound have random ones, the others a root and what counts up. */
    enum Kind {
        CR("CR", "1.2.840.10008.5.1.4.1.1.1.1", 2, 1),
        US("US", "1.2.840.10008.5.1.4.1.1.6.1", 1, 20),
        SR("SR", "1.2.840.10008.5.1.4.1.1.88.22", 1, 1),
        CT("CT", "1.2.840.10008.5.1.4.1.1.2", 4, 125),
        MR("MR", "1.2.840.10008.5.1.4.1.1.4", 12, 250);

        final String modality;
        final String sopClass;
        final int series;
        final int ofSeries;

        Kind(String modality, String sopClass, int series, int ofSeries) {
            this.modality = modality;
            this.sopClass = sopClass;
            this.series = series;
            this.ofSeries = ofSeries;
        }

        int instances() {
            return series * ofSeries;
        }
    }

    private static final List<String> NAMES =
            List.of("Vexmoor", "Quillan", "Ostrander", "Brightwen", "Halloway", "Tamsin");
    private static final List<String> PARTS = List.of("CHEST", "ABDOMEN", "HEAD", "KNEE", "HAND", "PELVIS");
    private static final DateTimeFormatter DA = DateTimeFormatter.BASIC_ISO_DATE;

    /** @param kept whether each has a file */
    List<Reception> receptions(boolean kept) throws UnidentifiedInstanceException {
        Random random = new Random(seed);
        String studyUid = uid(random, 0);
        DataSet.Builder study = study(random, studyUid);
        List<Reception> receptions = new ArrayList<>();
        long counter = 1L + random.nextInt(1_000_000);
        for (int s = 1; s <= kind.series; s++) {
            String seriesUid = uid(random, counter++);
            DataSet series = series(study, s, seriesUid, random);
            for (int i = 1; i <= kind.ofSeries; i++) {
                counter += 1L + random.nextInt(3);
                String sopUid = uid(random, counter);
                DataSet header = DataSet.builder(CharacterSet.UTF_8)
                        .addAll(series)
                        .add(Attribute.SOPClassUID, kind.sopClass)
                        .add(Attribute.SOPInstanceUID, sopUid)
                        .add(Attribute.ImageType, "ORIGINAL", "PRIMARY", s % 2 == 0 ? "AXIAL" : "LOCALIZER")
                        .add(Attribute.InstanceNumber, Integer.toString(i))
                        .build();
                String file = studyUid + "/" + seriesUid + "/" + sopUid + "-"
                        + new UUID(random.nextLong(), random.nextLong()) + ".dcm";
                receptions.add(new Reception(
                        Instance.of(header, Optional.of(kind.modality + "_ROOM_" + seed % 3)),
                        TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(),
                        kept ? file : null));
            }
        }
        return receptions;
    }

    /** An instance more of its first series. */
    Reception late(boolean kept, int number) throws UnidentifiedInstanceException {
        Reception first = receptions(kept).get(0);
        Instance one = first.instance();
        Random random = new Random(seed * 31 + number);
        String sopUid = "2.25." + new BigInteger(127, random);
        DataSet header = DataSet.builder(CharacterSet.UTF_8)
                .addAll(one.patientHeader())
                .addAll(one.studyHeader())
                .addAll(one.seriesHeader())
                .addAll(one.instanceHeader())
                .add(Attribute.SOPInstanceUID, sopUid)
                .build();
        String file =
                one.study() + "/" + one.series() + "/" + sopUid + "-" + new UUID(random.nextLong(), number) + ".dcm";
        return new Reception(Instance.of(header, one.callingAe()), first.transferSyntax(), kept ? file : null);
    }

    private String uid(Random random, long counter) {
        return switch (kind) {
            case CR, US -> "2.25." + new BigInteger(127, random);
            case SR ->
                "1.2.276.0.7230010.3.1.4." + (2_000_000_000L + seed % 1_000_000) + "." + (1000 + seed % 7000) + "."
                        + (1_770_000_000L + seed * 1013 + counter) + "." + counter;
            case CT ->
                "1.2.840.113619.2.55.3.2831164355." + (seed % 1000 + 100) + "." + (1_770_000_000L + seed * 1013) + "."
                        + counter;
            case MR ->
                "1.3.12.2.1107.5.2.43.66012." + DA.format(day) + "10"
                        + String.format(Locale.ROOT, "%012d", (seed * 7919 + counter * 40_003) % 1_000_000_000_000L);
        };
    }

    private DataSet.Builder study(Random random, String studyUid) {
        String part = PARTS.get(random.nextInt(PARTS.size()));
        String date = DA.format(day);
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.StudyInstanceUID, studyUid)
                .add(Attribute.StudyDate, date)
                .add(Attribute.StudyTime, time(random))
                .add(Attribute.SeriesDate, date)
                .add(Attribute.AccessionNumber, "A" + day.getYear() + (10_000_000 + seed))
                .add(Attribute.StudyID, Long.toString(100_000 + seed))
                .add(Attribute.Manufacturer, "PORTOLAN MEDICAL SYSTEMS")
                .add(Attribute.ManufacturerModelName, "Astrolabe " + kind.modality)
                .add(Attribute.InstitutionName, "Harbour Hospital")
                .add(Attribute.InstitutionalDepartmentName, "Radiology")
                .add(Attribute.StationName, kind.modality + "0" + seed % 3)
                .add(Attribute.DeviceSerialNumber, "000000" + (66_012 + seed % 3))
                .add(Attribute.SoftwareVersions, "syn.go.VA30A")
                .add(Attribute.TimezoneOffsetFromUTC, "+0100")
                .add(
                        Attribute.StudyDescription,
                        kind.modality + " " + part + " " + (seed % 2 == 0 ? "plain" : "contrast"))
                .add(Attribute.ReferringPhysicianName, NAMES.get(random.nextInt(6)) + "^Jo")
                .add(Attribute.OperatorsName, NAMES.get(random.nextInt(6)) + "^Ada")
                .add(Attribute.PatientName, NAMES.get(random.nextInt(6)) + "^" + NAMES.get(random.nextInt(6)))
                .add(Attribute.PatientID, Integer.toString(10_000_000 + random.nextInt(89_999_999)))
                .add(
                        Attribute.PatientBirthDate,
                        "19" + (30 + random.nextInt(69)) + "0" + (1 + random.nextInt(9)) + "1" + random.nextInt(9))
                .add(Attribute.PatientSex, random.nextBoolean() ? "F" : "M")
                .add(Attribute.BodyPartExamined, part)
                .add(
                        Attribute.ProcedureCodeSequence,
                        List.of(code(kind.modality + seed % 40, "99RIS", "Imaging of " + part)))
                .add(
                        Attribute.RequestAttributesSequence,
                        List.of(DataSet.builder(CharacterSet.UTF_8)
                                .add(Attribute.RequestedProcedureID, "RP" + (2_000_000 + seed))
                                .build()));
    }

    private static String time(Random random) {
        return String.format(
                Locale.ROOT,
                "%02d%02d%02d.%06d",
                7 + random.nextInt(12),
                random.nextInt(60),
                random.nextInt(60),
                random.nextInt(1_000_000));
    }

    private static DataSet code(String value, String scheme, String meaning) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, value)
                .add(Attribute.CodingSchemeDesignator, scheme)
                .add(Attribute.CodeMeaning, meaning)
                .build();
    }

    private DataSet series(DataSet.Builder study, int number, String uid, Random random) {
        return study.add(Attribute.SeriesInstanceUID, uid)
                .add(Attribute.Modality, kind.modality)
                .add(Attribute.SeriesNumber, Integer.toString(number))
                .add(Attribute.SeriesTime, time(random))
                .add(Attribute.SeriesDescription, "sequence " + number + (number % 2 == 0 ? " tra 3mm" : " cor 5mm"))
                .build();
    }
}
