package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.receive.Receiver;
import io.portolan.gateway.receive.Reindex;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that is lost or left while instances wait for the PACS. */
class ForwardRebuildTest {

    private static final List<DataSet> STUDY = SyntheticStudies.ctTwoSeries();
    private static final TransferSyntax SYNTAX = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;

    @TempDir
    private Path directory;

    private static final class Silent implements Reindex.Listener {

        @Override
        public void found(long files) {}

        @Override
        public void done(int files) {}

        @Override
        public void leftOut(Path name, String why) {
            throw new AssertionError(name + ": " + why);
        }
    }

    private GatewayConfig config(String mode, Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "ledger.url",
                "jdbc:sqlite:" + directory.resolve("ledger.db"),
                "storage.dir",
                directory.resolve("kept").toString(),
                "storage.mode",
                mode,
                "dicom.port",
                "0",
                "http.port",
                "0"));
        settings.putAll(more);
        return GatewayConfig.load(Optional.empty(), Map.of(), settings);
    }

    private GatewayConfig forward() throws Exception {
        return config("forward", Map.of("forward.host", "127.0.0.1", "forward.port", "1", "forward.called-ae", "PACS"));
    }

    private void receive(GatewayConfig config) throws Exception {
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            StoredFiles files = StoredFiles.open(config, new PortolanEngine(), DicomTls.open(config), ledger);
            Receiver receiver = new Receiver(
                    new PortolanEngine(),
                    ledger,
                    files.receiving(),
                    new FreeSpace(List.of(directory), 0),
                    ReadLimits.DEFAULT,
                    config.mapping(),
                    Set.of());
            for (DataSet instance : STUDY) {
                StoreRequest request = new StoreRequest(
                        "MODALITY",
                        "PORTOLAN",
                        InetSocketAddress.createUnresolved("peer", 104),
                        1,
                        instance.uid(Attribute.SOPClassUID).orElseThrow(),
                        instance.uid(Attribute.SOPInstanceUID).orElseThrow(),
                        SYNTAX);
                assertThat(receiver.store(request, new ByteArrayInputStream(DataSetWriter.toBytes(instance, SYNTAX)))
                                .isStored())
                        .isTrue();
            }
        }
    }

    private static Reindex.Result rebuild(GatewayConfig config, boolean fromScratch) throws IOException {
        return new LedgerRebuild(config, fromScratch, false)
                .run(false, new Silent())
                .files();
    }

    private void loseLedger() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private static long waiting(GatewayConfig config) throws IOException {
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            return ledger.files().forwards().counts().waiting();
        }
    }

    @Test
    void withoutALedgerItIsMadeOnlyWhenItIsSaidThatStudiesMayBeHalves() throws Exception {
        receive(forward());
        loseLedger();
        assertThatThrownBy(() -> Gateway.start(forward())).hasMessageContaining("portolan reindex makes it");
        assertThatThrownBy(() -> rebuild(forward(), false)).hasMessageContaining("--from-scratch");
        assertThat(rebuild(forward(), true).recorded()).isEqualTo(STUDY.size());
        assertThat(waiting(forward())).as("all go to the PACS").isEqualTo(STUDY.size());
    }

    @Test
    void aLedgerThatKnowsWhatWasForwardedIsNotReplaced() throws Exception {
        receive(forward());
        try (Ledger ledger = Gateway.openLedger(forward(), forward().ledger().place())) {
            Forwards forwards = ledger.files().forwards();
            forwards.confirmed(forwards.due(1), true);
        }
        assertThat(rebuild(forward(), false).recorded())
                .as("what the PACS has, and is not deleted yet, is not taken for new")
                .isZero();
        assertThatThrownBy(() -> rebuild(forward(), true)).hasMessageContaining("not replaced");
        assertThat(waiting(forward())).isEqualTo(STUDY.size() - 1);
    }

    @Test
    void modeKeepDoesNotForgetWhatWaits() throws Exception {
        receive(forward());
        assertThatThrownBy(() -> rebuild(config("keep", Map.of()), true)).hasMessageContaining("wait to be forwarded");
        assertThat(rebuild(forward(), true).recorded()).isEqualTo(STUDY.size());
        assertThat(waiting(forward())).isEqualTo(STUDY.size());
    }

    @Test
    void whatWaitsIsSaidByHealthWhateverTheMode() throws Exception {
        receive(forward());
        GatewayConfig keep = config("keep", Map.of());
        try (Ledger ledger = Gateway.openLedger(keep, keep.ledger().place())) {
            Forwards forwards = ledger.files().forwards();
            assertThat(StoredFiles.open(keep, new PortolanEngine(), DicomTls.open(keep), ledger)
                            .word())
                    .isEmpty();
            forwards.park(forwards.due(1).get(0), Category.PACS_REJECTED, "no");
            assertThat(StoredFiles.open(keep, new PortolanEngine(), DicomTls.open(keep), ledger)
                            .word())
                    .contains("no forward.host, parked 1");
            StoredFiles discarding = StoredFiles.open(
                    config("discard", Map.of("forward.host", "127.0.0.1", "forward.called-ae", "PACS")),
                    new PortolanEngine(),
                    DicomTls.open(keep),
                    ledger);
            assertThat(discarding.receiving()).isEmpty();
            assertThat(discarding.word()).contains("up, parked 1");
        }
    }
}
