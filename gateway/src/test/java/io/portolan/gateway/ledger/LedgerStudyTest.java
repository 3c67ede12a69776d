package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.studyOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Vr;
import io.portolan.mapping.study.Study;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The study of the ledger is the study of all instances, in whatever order and however often they came. */
class LedgerStudyTest implements LedgerInFile {

    private static final Attribute[] TEXTS = {
        Attribute.PatientID,
        Attribute.PatientName,
        Attribute.StudyDescription,
        Attribute.StudyDate,
        Attribute.SeriesDescription,
        Attribute.SeriesNumber,
        Attribute.TimezoneOffsetFromUTC,
        Attribute.ContentLabel
    };
    private static final String[] VALUES = {"", "1", "2", "a^b=\u5C71\u7530", "\u00DF\u2028\"\\ "};

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void isTheStudyOfAllInstancesWhateverTheirOrder(long seed) {
        Random random = new Random(seed);
        List<Reception> receptions = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            receptions.add(new Reception(
                    instance(random(random), "AE" + random.nextInt(3)),
                    TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(),
                    null));
        }
        receptions.addAll(receptions.subList(0, 30));
        Study expected = Study.of(receptions.stream().map(Reception::instance).toList());
        for (int order = 0; order < 3; order++) {
            Collections.shuffle(receptions, random);
            try (Ledger ledger =
                    Ledger.open(LedgerOptions.of(place(directory.resolve(order + ".db")), ""), new SettableClock())) {
                receptions.forEach(ledger::record);

                assertThat(studyOf(ledger, 1)).isEqualTo(expected);
                assertThat(ledger.counts().instances()).isEqualTo(expected.numberOfInstances());
            }
        }
    }

    /** Few UIDs and few values, so that they meet. */
    private static DataSet.Builder random(Random random) {
        DataSet.Builder header = header(1, random.nextInt(4), random.nextInt(40));
        for (Attribute attribute : TEXTS) {
            // the last values are text that only some value representations may hold (PS3.5 6.1.2.3)
            header.add(attribute, VALUES[random.nextInt(attribute.vr() == Vr.LO || attribute.vr() == Vr.PN ? 5 : 3)]);
        }
        List<DataSet> items = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            items.add(DataSet.builder(CharacterSet.UTF_8)
                    .add(Attribute.CodeValue, VALUES[random.nextInt(VALUES.length)])
                    .build());
        }
        return header.add(Attribute.ProcedureCodeSequence, items);
    }
}
