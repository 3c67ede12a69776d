package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.e2e.SyncProgram.Run;
import io.portolan.gateway.publish.FakeFhirServer;
import io.portolan.gateway.sync.FakeDicomWeb;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where nothing has changed, nothing is written, and little is asked. */
class SyncUnchangedIT {

    private static final int STUDIES = 10_000;
    private static final int STUDIES_OF_A_DAY = 40;
    private static final int REQUESTS_PER_100_MAX = 3;

    @TempDir
    private Path directory;

    @Test
    void tenThousandStudies() throws Exception {
        try (FakeDicomWeb archive = new FakeDicomWeb();
                FakeFhirServer fhir = new FakeFhirServer().forgetful()) {
            archive.add(studies());
            SyncProgram sync = new SyncProgram(
                    directory,
                    fhir.base().toString(),
                    0,
                    SyncProgram.dicomWeb(archive.base()) + ", compare-all: 0s, parallel: 4");
            assertThat(sync.run().requireDone().differing("new")).isEqualTo(STUDIES);
            assertThat(fhir.all("ImagingStudy")).hasSize(STUDIES);

            archive.forgetRequests();
            long requests = fhir.requestsReceived();
            Run again = sync.run().requireDone();
            assertThat(again.number("listed")).isEqualTo(STUDIES);
            assertThat(again.differing()).isZero();
            assertThat(again.number("headersRead")).isZero();
            assertThat(fhir.requestsReceived() - requests)
                    .as("beside its capabilities")
                    .isLessThanOrEqualTo(1);
            double per100 = archive.requests().size() * 100.0 / STUDIES;
            System.out.printf(Locale.ROOT, "%d unchanged studies: %.2f requests for 100%n", STUDIES, per100);
            assertThat(archive.requests()).hasSize((int) again.number("requests"));
            assertThat(per100).isLessThanOrEqualTo(REQUESTS_PER_100_MAX);
        }
    }

    /** One small instance each. */
    private static List<DataSet> studies() {
        DataSet cr = SyntheticStudies.cr().get(0);
        List<DataSet> all = new ArrayList<>();
        for (int study = 0; study < STUDIES; study++) {
            LocalDate day = LocalDate.of(2026, 11, 26).minusDays(study / STUDIES_OF_A_DAY);
            all.add(DataSet.builder(CharacterSet.DEFAULT)
                    .addAll(Instances.ofStudy("2.25.962." + study, List.of(cr)).get(0))
                    .add(Attribute.PatientID, "P" + study % 1000)
                    .add(Attribute.StudyDate, day.format(DateTimeFormatter.BASIC_ISO_DATE))
                    .build());
        }
        return all;
    }
}
