package io.portolan.gateway.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.gateway.retention.Retention.Removed;
import io.portolan.mapping.study.Instance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files go, and when. */
class RetentionTest {

    private static final Duration KEEP_FOR = Duration.ofDays(30);
    private static final Uid STUDY = new Uid("1.2.3.1");
    private static final Uid OTHER = new Uid("1.2.3.2");

    @TempDir
    private Path directory;

    private volatile Instant now = Instant.parse("2026-11-23T10:00:00Z");
    private final List<String> removed = new ArrayList<>();
    private Ledger ledger;
    private Retention retention;

    @BeforeEach
    void open() {
        LedgerOptions options = new LedgerOptions(
                LedgerOptions.url(directory.resolve("ledger.db")), Duration.ZERO, Duration.ZERO, 100, 0, "");
        ledger = Ledger.open(options, () -> now);
        retention = new Retention(ledger.files().old(), KEEP_FOR, names -> {
            removed.addAll(names);
            ledger.files().dropped().gone(names);
            return new Removed(names.size(), 10L * names.size());
        });
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void record(Uid study, int sop, boolean forward) throws Exception {
        DataSet header = DataSet.builder()
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, "1.2.3.9." + sop)
                .add(Attribute.StudyInstanceUID, study.value())
                .add(Attribute.SeriesInstanceUID, "1.2.3.8")
                .build();
        ledger.record(new Reception(
                Instance.of(header, Optional.of("MODALITY")),
                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(),
                false,
                study + "/" + sop,
                forward));
    }

    private Claim claim() {
        return ledger.claim(Duration.ofMinutes(1)).orElseThrow();
    }

    private void publish() {
        assertThat(ledger.published(claim(), new Publication("http://fhir", "id", "1", "{}")))
                .isTrue();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void filesOfWhatIsPublishedGoWhenNothingCameForSoLongAndTheStudyStays() throws Exception {
        for (int sop = 1; sop <= 450; sop++) {
            record(STUDY, sop, false);
        }
        publish();
        pass(KEEP_FOR);
        assertThat(retention.look()).as("to the millisecond").isZero();
        pass(Duration.ofMillis(1));
        assertThat(retention.look()).isEqualTo(450);

        assertThat(removed).hasSize(450).doesNotHaveDuplicates();
        assertThat(retention.files()).isEqualTo(450);
        assertThat(retention.bytes()).isEqualTo(4500);
        assertThat(ledger.files().of(STUDY)).isEmpty();
        assertThat(ledger.counts().instances()).isEqualTo(450);
        assertThat(ledger.counts().dirty()).isZero();

        record(STUDY, 451, false);
        assertThat(ledger.gathered(STUDY).instances())
                .as("a late one is merged")
                .hasSize(451);
    }

    /** As where a site begins to remove files after years. */
    @Test
    void filesOfWhatWasCompactedBeforeGoToo() throws Exception {
        for (int sop = 1; sop <= 450; sop++) {
            record(STUDY, sop, false);
        }
        publish();
        pass(KEEP_FOR);
        ledger.compaction().run(Duration.ZERO, commit -> true);
        assertThat(ledger.compaction().count()).isEqualTo(1);
        assertThat(retention.look()).as("to the millisecond").isZero();
        assertThat(ledger.compaction().count()).as("is left alone").isEqualTo(1);
        pass(Duration.ofMillis(1));
        assertThat(retention.look()).isEqualTo(450);

        assertThat(removed).hasSize(450).doesNotHaveDuplicates();
        ledger.compaction().run(Duration.ZERO, false, commit -> true);
        assertThat(ledger.compaction().count()).as("compacted again").isEqualTo(1);
        assertThat(retention.look()).isZero();
        assertThat(ledger.counts().instances()).isEqualTo(450);
    }

    @Test
    void whatIsDirtyParkedOrNeverPublishedStays() throws Exception {
        record(STUDY, 1, false);
        pass(KEEP_FOR.plusDays(1));
        assertThat(retention.look()).as("dirty").isZero();
        assertThat(ledger.park(claim(), Category.UNMAPPABLE, "no")).isTrue();
        assertThat(retention.look()).as("parked").isZero();
        ledger.replays().replayParked(Optional.empty());
        assertThat(ledger.settled(claim())).isTrue();
        assertThat(retention.look())
                .as("clean, and nothing stands on the server")
                .isZero();
        ledger.replays().makeDue(List.of(STUDY));
        publish();
        assertThat(retention.look()).isEqualTo(1);
    }

    @Test
    void aLateInstanceKeepsTheFilesOfItsStudyAndOfNoOther() throws Exception {
        record(STUDY, 1, false);
        publish();
        record(OTHER, 2, false);
        publish();
        pass(KEEP_FOR);
        record(STUDY, 3, false);
        publish();
        pass(Duration.ofDays(1));

        assertThat(retention.look()).isEqualTo(1);
        assertThat(removed).containsExactly(OTHER + "/2");
        pass(KEEP_FOR);
        assertThat(retention.look()).isEqualTo(2);
    }

    /** It changes nothing of the study, and its file is new all the same. */
    @Test
    void theSameHeaderWithOtherBytesKeepsThemToo() throws Exception {
        record(STUDY, 1, false);
        publish();
        pass(KEEP_FOR);
        record(STUDY, 1, false);
        pass(Duration.ofDays(1));

        assertThat(retention.look()).isZero();
    }

    @Test
    void whatWaitsForThePacsStays() throws Exception {
        record(STUDY, 1, true);
        record(STUDY, 2, false);
        publish();
        pass(KEEP_FOR.plusDays(1));

        assertThat(retention.look()).isEqualTo(1);
        assertThat(removed).containsExactly(STUDY + "/2");
        ledger.files().forwards().park(ledger.files().forwards().due(1).get(0), Category.PACS_REJECTED, "no");
        assertThat(retention.look()).isZero();
    }

    @Test
    void manyStudiesAreWalkedThroughWhoeverIsInTheWay() throws Exception {
        for (int study = 1; study <= 12; study++) {
            for (int sop = 1; sop <= 100; sop++) {
                record(new Uid("1.2.4." + study), 1000 * study + sop, false);
            }
            if (study != 1) {
                ledger.replays().makeDue(List.of(new Uid("1.2.4." + study)));
            }
        }
        assertThat(ledger.park(claim(), Category.UNMAPPABLE, "no")).isTrue();
        for (int study = 2; study <= 12; study++) {
            publish();
        }
        pass(KEEP_FOR.plusDays(1));

        assertThat(retention.look()).isEqualTo(1100);
    }
}
