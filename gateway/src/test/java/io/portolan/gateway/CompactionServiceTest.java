package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.gateway.ledger.Claim;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.ledger.Reception;
import io.portolan.mapping.study.Instance;
import io.portolan.testdata.SyntheticStudies;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The gateway compacts in the background, unless it is told not to. */
@Timeout(60)
class CompactionServiceTest {

    @TempDir
    Path directory;

    private Ledger published() throws Exception {
        Ledger ledger = Ledger.open(
                new LedgerOptions(
                        LedgerOptions.url(directory.resolve("ledger.db")), Duration.ZERO, Duration.ZERO, 10, 0, "v1"),
                InstantSource.system());
        for (DataSet header : SyntheticStudies.ctTwoSeries()) {
            ledger.record(new Reception(Instance.of(header), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(), null));
        }
        Claim claim = ledger.claim(Duration.ofMinutes(1)).orElseThrow();
        ledger.published(claim, new Publication(null, "1", null, "{}"));
        return ledger;
    }

    @Test
    void compactsWhatIsQuiet() throws Exception {
        try (Ledger ledger = published();
                CompactionService service = new CompactionService(ledger, Optional.of(Duration.ZERO), true)) {
            service.start();
            while (ledger.compaction().count() == 0) {
                Thread.onSpinWait();
            }
            assertThat(ledger.counts().instances()).isEqualTo(4);
        }
    }

    @Test
    void compactsNothingWhereItIsNotWanted() throws Exception {
        try (Ledger ledger = published()) {
            try (CompactionService service = new CompactionService(ledger, Optional.empty(), true)) {
                service.start();
            } // what it had begun is done now
            assertThat(ledger.compaction().count()).isZero();
        }
    }
}
