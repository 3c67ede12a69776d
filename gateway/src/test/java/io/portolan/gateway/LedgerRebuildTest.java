package io.portolan.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.config.ConfigException;
import io.portolan.gateway.config.GatewayConfig;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerLock;
import io.portolan.gateway.receive.InstanceStore;
import io.portolan.gateway.receive.Receiver;
import io.portolan.gateway.receive.Reindex;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.SharingOptions;
import io.portolan.mapping.study.Study;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ledger that is lost, damaged, old or right, and the files that were kept with it. */
class LedgerRebuildTest {

    private static final TransferSyntax SYNTAX = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final Uid NOTE = new Uid("2.25.80");
    private static final Duration LEASE = Duration.ofMinutes(5);

    @TempDir
    private Path directory;

    private GatewayConfig config;
    private final Told told = new Told();

    private static final class Told implements Reindex.Listener {

        long found;
        long done;
        final Map<String, String> leftOut = new TreeMap<>();

        @Override
        public void found(long files) {
            found += files;
        }

        @Override
        public void done(int files) {
            done += files;
        }

        @Override
        public void leftOut(Path name, String why) {
            leftOut.put(name.toString(), why);
        }
    }

    @BeforeEach
    void configure() throws ConfigException {
        config = config(Map.of());
    }

    private GatewayConfig config(Map<String, String> more) throws ConfigException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "ledger.url", "jdbc:sqlite:" + directory.resolve("ledger.db"),
                "storage.dir", directory.resolve("kept").toString(),
                "dicom.correcting-ae-titles", "MENDER",
                "dicom.port", "0",
                "http.port", "0"));
        settings.putAll(more);
        return GatewayConfig.load(Optional.empty(), Map.of(), settings);
    }

    private Path ledgerFile() {
        return config.ledger().place().file().orElseThrow();
    }

    private Path kept() {
        return config.storage().dir();
    }

    // ---- what a ledger has

    private void receive(String callingAe, List<DataSet> instances) throws IOException {
        receive(callingAe, instances, Optional.of(InstanceStore.open(kept())));
    }

    private void receive(String callingAe, List<DataSet> instances, Optional<InstanceStore> store) throws IOException {
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            Receiver receiver = new Receiver(
                    new PortolanEngine(),
                    ledger,
                    store,
                    new FreeSpace(List.of(directory), 0),
                    ReadLimits.DEFAULT,
                    config.mapping(),
                    config.dicom().correctingAeTitles());
            for (DataSet instance : instances) {
                StoreRequest request = new StoreRequest(
                        callingAe,
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

    private static DataSet with(DataSet instance, Attribute attribute, String value) {
        return DataSet.builder().addAll(instance).add(attribute, value).build();
    }

    /** What three senders sent: new, different once more, corrected. */
    private void receiveAll() throws IOException {
        receive(
                "MODALITY",
                SyntheticStudies.all().stream().flatMap(List::stream).toList());
        DataSet mr = SyntheticStudies.mr().get(0);
        receive("ARCHIVE", List.of(with(mr, Attribute.StudyDescription, "another")));
        receive("MENDER", List.of(with(SyntheticStudies.cr().get(0), Attribute.StudyDescription, "zzz, corrected")));
        receive("ARCHIVE", SyntheticStudies.cr());
    }

    private Map<Uid, List<Instance>> gathered() throws IOException {
        Map<Uid, List<Instance>> all = new HashMap<>();
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            for (List<DataSet> study : SyntheticStudies.all()) {
                Gathered one = ledger.gathered(
                        study.get(0).uid(Attribute.StudyInstanceUID).orElseThrow());
                all.put(
                        one.study(),
                        one.instances().stream()
                                .sorted(Comparator.comparing(Instance::instance))
                                .toList());
            }
        }
        return all;
    }

    private List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("folder-id"))
                    .sorted()
                    .toList();
        }
    }

    private Reindex.Result rebuild(boolean fromScratch, boolean unreferenced) throws IOException {
        return new LedgerRebuild(config, fromScratch, false)
                .run(unreferenced, told)
                .files();
    }

    private void loseLedger() throws IOException {
        Files.delete(ledgerFile());
        assertThat(ledgerFile().resolveSibling("ledger.db-wal")).doesNotExist();
    }

    // ---- cases

    @Test
    void aLostLedgerIsMadeAsItWas() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        int files = files(kept()).size();
        loseLedger();

        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(files, 0, 0));
        assertThat(gathered()).isEqualTo(before);
        assertThat(before.get(new Uid(SyntheticStudies.cr()
                        .get(0)
                        .string(Attribute.StudyInstanceUID)
                        .orElseThrow())))
                .as("the correction stands")
                .allMatch(instance -> instance.callingAe().equals(Optional.of("MENDER")));
        assertThat(told.found).isEqualTo(files).isEqualTo(told.done);
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            assertThat(ledger.backlog()).as("nothing new").isZero();
            assertThat(ledger.waiting()).isEqualTo(SyntheticStudies.all().size());
            assertThat(ledger.claim(LEASE)).as("due at once").isPresent();
            assertThat(InstanceStore.open(kept()).sweep(ledger)).isEqualTo(new InstanceStore.Swept(0, 0));
        }
    }

    @Test
    void whatTheLedgerHasIsLeftAlone() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        Path backup = Files.copy(ledgerFile(), directory.resolve("backup"));
        DataSet late = with(SyntheticStudies.mr().get(0), Attribute.SOPInstanceUID, "2.25.77");
        receive("MODALITY", List.of(late));
        Files.copy(backup, ledgerFile(), StandardCopyOption.REPLACE_EXISTING);

        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(1, 0, 0));
        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(0, 0, 0));
        Map<Uid, List<Instance>> after = gathered();
        Uid grown = late.uid(Attribute.StudyInstanceUID).orElseThrow();
        List<Instance> less = before.getOrDefault(grown, List.of());
        assertThat(after.get(grown)).hasSize(less.size() + 1).containsAll(less);
        before.remove(grown);
        assertThat(after).containsAllEntriesOf(before);
    }

    /** An archive that sends again what a note had declared past its retention takes the note back; a later note counts. */
    @ParameterizedTest
    @CsvSource({"2026-11-26T10:00:02Z, true", "2026-11-26T09:59:58Z, false"})
    void filesCountInTheOrderInWhichTheyCame(Instant sentAgain, boolean listed) throws IOException {
        DataSet image = SyntheticStudies.cr().get(0);
        DataSet again = with(image, Attribute.StudyDescription, "0, sent again");
        DataSet note = expiring(image);
        receive("MODALITY", List.of(again, image, note));
        Uid study = image.uid(Attribute.StudyInstanceUID).orElseThrow();
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            List<String> images =
                    ledger.files().of(study, image.uid(Attribute.SOPInstanceUID).orElseThrow());
            came(images.get(0), sentAgain);
            came(images.get(1), Instant.parse("2026-11-26T10:00:00Z"));
            came(ledger.files().of(study, NOTE).get(0), Instant.parse("2026-11-26T10:00:01Z"));
        }
        loseLedger();

        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(3, 0, 0));
        assertThat(listed(study)).isEqualTo(listed ? 1 : 0);
    }

    private int listed(Uid study) throws IOException {
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            return Study.of(ledger.gathered(study), SharingOptions.DEFAULTS)
                    .orElseThrow()
                    .numberListed();
        }
    }

    private void came(String file, Instant when) throws IOException {
        Files.setLastModifiedTime(kept().resolve(file), FileTime.from(when));
    }

    /** A Key Object Selection titled "For Data Retention Policy Expired", of all that the study of the image has. */
    private static DataSet expiring(DataSet image) {
        return keyObject(image, "113039");
    }

    private static DataSet keyObject(DataSet image, String code) {
        DataSet reference = DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.ReferencedSOPClassUID,
                        image.string(Attribute.SOPClassUID).orElseThrow())
                .add(
                        Attribute.ReferencedSOPInstanceUID,
                        image.string(Attribute.SOPInstanceUID).orElseThrow())
                .build();
        DataSet series = DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.SeriesInstanceUID,
                        image.string(Attribute.SeriesInstanceUID).orElseThrow())
                .add(Attribute.ReferencedSOPSequence, List.of(reference))
                .build();
        DataSet evidence = DataSet.builder(CharacterSet.UTF_8)
                .add(
                        Attribute.StudyInstanceUID,
                        image.string(Attribute.StudyInstanceUID).orElseThrow())
                .add(Attribute.ReferencedSeriesSequence, List.of(series))
                .build();
        DataSet title = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.CodeValue, code)
                .add(Attribute.CodingSchemeDesignator, "DCM")
                .build();
        return DataSet.builder()
                .addAll(image)
                .add(Attribute.SOPClassUID, SopClass.KEY_OBJECT_SELECTION.value())
                .add(Attribute.SOPInstanceUID, NOTE.value())
                .add(Attribute.SeriesInstanceUID, "2.25.79")
                .add(Attribute.Modality, "KO")
                .add(Attribute.ConceptNameCodeSequence, List.of(title))
                .add(Attribute.CurrentRequestedProcedureEvidenceSequence, List.of(evidence))
                .build();
    }

    @Test
    void aDamagedLedgerIsMadeFromScratchAndKept() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        Files.write(ledgerFile(), new byte[20_000]);

        assertThatThrownBy(() -> rebuild(false, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ledger.db");
        Optional<Path> old =
                new LedgerRebuild(config, true, false).run(false, told).kept();
        assertThat(gathered()).isEqualTo(before);
        assertThat(old.orElseThrow()).hasSize(20_000);
    }

    @Test
    void aLedgerThatKnowsMoreThanTheFilesIsNotThrownAway() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        receive(
                "MODALITY",
                List.of(with(SyntheticStudies.mr().get(0), Attribute.SOPInstanceUID, "2.25.78")),
                Optional.empty());

        assertThatThrownBy(() -> rebuild(true, false)).hasMessageContaining("so it is not replaced");
        assertThat(gathered().keySet()).isEqualTo(before.keySet());
        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(0, 0, 0));
        assertThat(files(directory)).noneMatch(file -> file.toString().contains(".new"));
    }

    @Test
    void aFolderThatIsEmptyMakesNoLedger() throws IOException {
        receiveAll();
        loseLedger();
        Files.move(kept(), directory.resolve("not mounted"));
        Files.createDirectories(kept());

        assertThatThrownBy(() -> rebuild(false, false)).hasMessageContaining("mounted? Nothing was changed");
        assertThat(ledgerFile()).doesNotExist();
    }

    @Test
    void aLedgerThatAnotherProgramHoldsIsNotTakenForDamaged() throws Exception {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        Files.delete(ledgerFile());
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + ledgerFile())) {
            other.createStatement().execute("CREATE TABLE thing (a)");
        }

        assertThatThrownBy(() -> rebuild(true, false)).hasMessageContaining("a database of another program");
        Files.write(ledgerFile(), new byte[0]);
        rebuild(false, false);
        assertThat(gathered()).as("an empty file is no ledger").isEqualTo(before);
    }

    /** SQLite would play it into whatever has the ledger's name. */
    @Test
    void theLogOfAGatewayThatWasKilledIsNotPlayedIntoTheNewLedger() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        Path log = ledgerFile().resolveSibling("ledger.db-wal");
        byte[] left;
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            ledger.replays().replay(before.keySet());
            left = Files.readAllBytes(log);
        }
        assertThat(left).isNotEmpty();
        loseLedger();
        Files.write(log, left);

        rebuild(false, false);
        assertThat(gathered()).isEqualTo(before);
        assertThat(files(directory).stream().filter(file -> file.toString().endsWith("-wal")))
                .singleElement()
                .satisfies(aside -> assertThat(aside).hasBinaryContent(left));
    }

    @Test
    void whatCameAgainUnchangedAfterItsRetentionHadExpiredStaysListed() throws IOException {
        DataSet image = SyntheticStudies.cr().get(0);
        for (DataSet one : List.of(image, expiring(image), image, image)) {
            receive("MODALITY", List.of(one));
        }
        Uid study = image.uid(Attribute.StudyInstanceUID).orElseThrow();
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            List<String> images =
                    ledger.files().of(study, image.uid(Attribute.SOPInstanceUID).orElseThrow());
            assertThat(images).as("first, and again").hasSize(2);
            came(images.get(0), Instant.parse("2026-11-26T10:00:00Z"));
            came(ledger.files().of(study, NOTE).get(0), Instant.parse("2026-11-26T10:00:01Z"));
            came(images.get(1), Instant.parse("2026-11-26T10:00:02Z"));
        }
        loseLedger();

        rebuild(false, false);
        assertThat(listed(study)).isEqualTo(1);
    }

    /** Killed between file and ledger: what was set aside then must not take the place of what came since. */
    @Test
    void anOlderCorrectionThatWasSetAsideReplacesNoNewerOne() throws IOException {
        DataSet image = SyntheticStudies.mr().get(0);
        receive("MENDER", List.of(with(image, Attribute.StudyDescription, "older")));
        Path ofOlder = files(kept()).get(0);
        loseLedger();
        receive("MENDER", List.of(with(image, Attribute.StudyDescription, "newer")));
        came(name(ofOlder), Instant.now().minusSeconds(60));

        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(1, 0, 0));
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            assertThat(ledger.gathered(image.uid(Attribute.StudyInstanceUID).orElseThrow())
                            .instances())
                    .singleElement()
                    .satisfies(instance -> assertThat(instance.studyHeader().string(Attribute.StudyDescription))
                            .contains("newer"));
            assertThat(ledger.backlog()).as("the newer is news").isEqualTo(1);
        }
    }

    /** As kept by a version that did not write (0002,0016). */
    @Test
    void aFileOfNobodyTakesNoSenderAway() throws IOException {
        DataSet image = SyntheticStudies.mr().get(0);
        receive("MODALITY", List.of(image));
        Path first = files(kept()).get(0);
        try (OutputStream out = Files.newOutputStream(
                first.resolveSibling(first.getFileName().toString().replaceFirst("-.{8}-", "-00000000-")))) {
            DataSetWriter.writeFileMeta(
                    out,
                    image.uid(Attribute.SOPClassUID).orElseThrow(),
                    image.uid(Attribute.SOPInstanceUID).orElseThrow(),
                    SYNTAX);
            out.write(DataSetWriter.toBytes(image, SYNTAX));
        }

        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(1, 0, 0));
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            assertThat(ledger.gathered(image.uid(Attribute.StudyInstanceUID).orElseThrow())
                            .instances())
                    .allMatch(instance -> instance.callingAe().equals(Optional.of("MODALITY")));
        }
    }

    @Test
    void selectionsThatAreMadeAgainAreNoBacklogEither() throws IOException {
        List<DataSet> images = SyntheticStudies.ctTwoSeries();
        receive("MODALITY", images);
        receive("MODALITY", List.of(keyObject(images.get(0), "113000")));
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            assertThat(ledger.backlog()).as("study and selection").isEqualTo(2);
        }
        loseLedger();

        rebuild(false, false);
        try (Ledger ledger = Gateway.openLedger(config, config.ledger().place())) {
            assertThat(ledger.waiting()).isEqualTo(2);
            for (int study = 1; study <= 2; study++) {
                assertThat(ledger.backlog()).isZero();
                ledger.published(ledger.claim(LEASE).orElseThrow(), new Publication(null, "1", "1", "{}"));
            }
            assertThat(ledger.backlog()).as("what follows from it").isZero();
        }
    }

    @Test
    void whatIsNoInstanceOfItsNameIsNamedAndLeft() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        Path good = files(kept()).get(0);
        String uuid = "-00000000-0000-0000-0000-00000000000";
        Path other = Files.copy(good, good.resolveSibling("2.25.5" + uuid + "1.dcm"));
        Path empty = Files.createFile(good.resolveSibling("2.25.5" + uuid + "2.dcm"));
        Path cut = Files.write(
                good.resolveSibling("2.25.5" + uuid + "3.dcm"), Arrays.copyOf(Files.readAllBytes(good), 450));
        byte[] whole = Files.readAllBytes(good);
        String sop = good.getFileName().toString().split("-", 2)[0];
        Path atTheEnd = Files.write(good.resolveSibling(sop + uuid + "4.dcm"), Arrays.copyOf(whole, whole.length - 1));
        Files.createFile(good.resolveSibling("holiday.jpg"));
        assertThat(rebuild(false, false))
                .as("to what is there they are no harm")
                .isEqualTo(new Reindex.Result(0, 4, 0));
        assertThat(gathered()).isEqualTo(before);
        loseLedger();

        assertThat(new LedgerRebuild(config, false, false).run(false, told).made())
                .isFalse();
        assertThat(ledgerFile()).doesNotExist();
        assertThat(new LedgerRebuild(config, false, true).run(false, told).made())
                .isTrue();
        assertThat(told.leftOut)
                .containsOnlyKeys(name(other), name(empty), name(cut), name(atTheEnd))
                .containsEntry(name(other), "its UIDs are not those of its name");
        assertThat(gathered()).isEqualTo(before);
        assertThat(List.of(other, empty, cut, atTheEnd)).allMatch(Files::exists);
    }

    private String name(Path file) {
        return kept().relativize(file).toString();
    }

    @Test
    void whatANewLedgerSetAsideIsTakenBackWhenAskedFor() throws IOException {
        receiveAll();
        Map<Uid, List<Instance>> before = gathered();
        List<Path> files = files(kept());
        loseLedger();
        try (Ledger fresh = Gateway.openLedger(config, config.ledger().place())) {
            assertThat(InstanceStore.open(kept()).sweep(fresh).setAside()).isEqualTo(files.size());
        }

        assertThat(rebuild(false, false)).isEqualTo(new Reindex.Result(0, 0, files.size()));
        assertThat(rebuild(false, true)).isEqualTo(new Reindex.Result(files.size(), 0, 0));
        assertThat(files(kept())).isEqualTo(files);
        assertThat(gathered()).isEqualTo(before);
    }

    @Test
    void nobodyRebuildsUnderAGatewayAndNoGatewayStartsWithoutItsLedger() throws Exception {
        receiveAll();
        try (LedgerLock gateway = LedgerLock.take(config.ledger().place())) {
            assertThat(gateway).isNotNull();
            assertThatThrownBy(() -> rebuild(false, false)).hasMessageContaining("in use by another portolan");
            assertThatThrownBy(() -> Gateway.start(config)).hasMessageContaining("in use by another portolan");
        }
        loseLedger();
        assertThatThrownBy(() -> Gateway.start(config)).hasMessageContaining("portolan reindex");
        assertThat(ledgerFile()).doesNotExist();
        rebuild(false, false);
        Gateway.start(config).close();
        Gateway.start(config).close();
    }

    @Test
    void whereNothingIsKeptThereIsNothingToRebuildFrom() throws Exception {
        assertThatThrownBy(() -> rebuild(false, false)).hasMessageContaining("no instances are kept");
        Files.createDirectories(kept());
        config = config(Map.of("storage.mode", "discard"));
        assertThatThrownBy(() -> rebuild(false, false)).hasMessageContaining("storage.mode is discard");
    }
}
