package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.ledger.Ledger;
import io.portolan.gateway.ledger.LedgerOptions;
import io.portolan.gateway.sync.Difference.Kind;
import io.portolan.gateway.sync.SyncReport.Outcome;
import io.portolan.mapping.study.Study;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest {

    private static final SyncRequest EVERYTHING = new SyncRequest(null, null, true, false, false, false);

    @TempDir
    Path dir;

    private Path folder;
    private Ledger ledger;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectories(dir.resolve("import"));
        ledger = Ledger.open(LedgerOptions.of(dir.resolve("ledger.db")), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private static Uid studyOf(int number) {
        return SyntheticStudies.ct(number, 1)
                .get(0)
                .uid(Attribute.StudyInstanceUID)
                .orElseThrow();
    }

    private void putStudies(int count) throws IOException {
        for (int study = 1; study <= count; study++) {
            int file = 0;
            for (DataSet instance : SyntheticStudies.ct(study, 3)) {
                file++;
                put("study" + study + "/" + file + ".dcm", instance);
            }
        }
    }

    private void put(String name, DataSet instance) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.write(path, SyntheticStudies.toFile(instance));
    }

    private FolderSource source(boolean remember) {
        return new FolderSource(
                folder, ledger.sourceFiles("cd"), remember, Selection.MAPPED, ReadLimits.DEFAULT, new Pace(2, 0));
    }

    private SyncReport run(SyncRequest request) {
        SyncOptions options = new SyncOptions(
                "cd",
                "folder",
                Optional.of("CD"),
                Duration.ZERO,
                false,
                Duration.ZERO,
                Integer.MAX_VALUE,
                2,
                0.1,
                1000);
        return new SyncRun(
                        source(!request.dryRun()),
                        options,
                        new Pace(2, 0),
                        ledger,
                        Map.of(),
                        request,
                        () -> true,
                        difference -> {},
                        Clock.systemUTC())
                .run()
                .orElseThrow();
    }

    private Study known(int number) {
        return Study.of(ledger.gathered(studyOf(number)).instances());
    }

    @Test
    void findsNewChangedAndGoneFiles() throws Exception {
        putStudies(8);
        Files.writeString(folder.resolve("readme.txt"), "no DICOM at all");
        assertThat(run(EVERYTHING).differences()).isEqualTo(Map.of(Kind.NEW, 8L));
        assertThat(known(1).numberOfInstances()).isEqualTo(3);
        assertThat(known(1).callingAe()).hasValue("CD");
        assertThat(run(EVERYTHING).differences()).isEmpty();

        put("study9/1.dcm", SyntheticStudies.ct(9, 1).get(0));
        DataSet corrected = DataSet.builder(CharacterSet.DEFAULT)
                .addAll(SyntheticStudies.ct(2, 3).get(0))
                .add(Attribute.InstanceNumber, "4711")
                .build();
        put("study2/1.dcm", corrected);
        Files.delete(folder.resolve("study3/2.dcm"));
        Files.move(folder.resolve("study4"), dir.resolve("elsewhere"));
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.differences()).containsEntry(Kind.NEW, 1L).containsEntry(Kind.GONE, 1L);
        assertThat(known(9).numberOfInstances()).isEqualTo(1);
        assertThat(known(2).series().get(0).instances().values())
                .anyMatch(header -> header.string(Attribute.InstanceNumber).equals(Optional.of("4711")));
        assertThat(known(3).numberOfInstances()).isEqualTo(2);
        assertThat(ledger.gathered(studyOf(4)).gone()).isTrue();
        assertThat(run(EVERYTHING).differences()).isEmpty();
    }

    @Test
    void opensAFileOnceAsLongAsItDoesNotChange() throws Exception {
        putStudies(1);
        run(EVERYTHING);
        Path file = folder.resolve("study1/1.dcm");
        FileTime time = Files.getLastModifiedTime(file);
        byte[] other = Files.readAllBytes(file);
        Arrays.fill(other, (byte) 0); // of the same size and time: nobody looks
        Files.write(file, other);
        Files.setLastModifiedTime(file, time);
        assertThat(run(EVERYTHING).differences()).isEmpty();
        Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 1000));
        assertThat(run(EVERYTHING).differences()).containsEntry(Kind.SHRUNK, 1L);
    }

    @Test
    void aFolderThatIsAwayIsNoNews() throws Exception {
        putStudies(2);
        run(EVERYTHING);
        Files.move(folder, dir.resolve("unplugged"));
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.UNAVAILABLE);
        Files.createDirectory(folder);
        assertThat(run(EVERYTHING).outcome()).as("an empty mount point").isEqualTo(Outcome.STOPPED);
        Files.delete(folder);
        Files.move(dir.resolve("unplugged"), folder);
        assertThat(run(EVERYTHING).differences()).isEmpty();
        assertThat(ledger.gathered(studyOf(1)).gone()).isFalse();
    }

    @Test
    void whatCannotBeLookedIntoIsAsItWas() throws Exception {
        putStudies(3);
        run(EVERYTHING);
        Files.delete(folder.resolve("study2/1.dcm"));
        Files.createSymbolicLink(folder.resolve("study2/1.dcm"), dir.resolve("nowhere"));
        SyncReport report = run(EVERYTHING);
        assertThat(report.removed()).isZero();
        assertThat(known(2).numberOfInstances()).isEqualTo(3);
    }

    @Test
    void aDryRunRemembersNothing() throws Exception {
        putStudies(2);
        run(EVERYTHING);
        putStudies(3);
        SyncRequest dryRun = new SyncRequest(null, null, true, false, true, false);
        assertThat(run(dryRun).differences()).containsEntry(Kind.NEW, 1L);
        assertThat(run(dryRun).differences()).containsEntry(Kind.NEW, 1L);
        assertThat(ledger.find(studyOf(3))).isEmpty();
    }

    @Test
    void saysWhatIsNotThere() {
        folder = dir.resolve("nowhere");
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> source(false).studies(StudyQuery.ALL))
                .withMessageContaining("nowhere");
    }

    @Test
    void filtersByDays() throws Exception {
        putStudies(1);
        String date =
                SyntheticStudies.ct(1, 1).get(0).string(Attribute.StudyDate).orElseThrow();
        LocalDate day = LocalDate.parse(date, DateTimeFormatter.BASIC_ISO_DATE);
        run(EVERYTHING);
        assertThat(source(false).studies(StudyQuery.ofDays(day, day)).studies()).hasSize(1);
        assertThat(source(false)
                        .studies(StudyQuery.ofDays(day.plusDays(1), day.plusDays(9)))
                        .studies())
                .isEmpty();
    }

    @Test
    void aFileThatIsBackBeforeTheSecondLookIsNotGone() throws Exception {
        putStudies(3);
        run(EVERYTHING);
        FolderSource source = source(true);
        Files.move(folder.resolve("study2"), dir.resolve("moving"));
        assertThat(source.studies(StudyQuery.ALL).studies()).hasSize(2);
        Files.move(dir.resolve("moving"), folder.resolve("study2"));
        assertThat(source.studies(StudyQuery.of(studyOf(2))).studies()).hasSize(1);
        assertThat(source.series(studyOf(2))).isNotEmpty();
        assertThat(run(EVERYTHING).differences()).isEmpty();
    }

    @Test
    void aFileThatIsMovedWhileTheFolderIsLookedThroughIsNotGone() throws Exception {
        putStudies(3);
        run(EVERYTHING);
        FolderSource source = source(true);
        Files.move(folder.resolve("study2"), dir.resolve("moving"));
        assertThat(source.studies(StudyQuery.ALL).studies()).hasSize(2);
        Files.move(dir.resolve("moving"), folder.resolve("another name"));
        assertThat(source.studies(StudyQuery.of(studyOf(2))).studies()).hasSize(1);
        assertThat(source.series(studyOf(2))).isNotEmpty();
    }

    @Test
    void looksThroughTheFolderOnceMoreForAllStudiesThatAreMissing() throws Exception {
        putStudies(4);
        run(EVERYTHING);
        FolderSource source = source(true);
        Files.move(folder.resolve("study2"), dir.resolve("study2"));
        Files.move(folder.resolve("study3"), dir.resolve("study3"));
        source.studies(StudyQuery.ALL);
        assertThat(source.studies(StudyQuery.of(studyOf(2))).studies()).isEmpty();
        Files.move(dir.resolve("study3"), folder.resolve("later")); // nobody looks there any more
        assertThat(source.studies(StudyQuery.of(studyOf(3))).studies()).isEmpty();
        assertThat(source.studies(StudyQuery.of(studyOf(4))).studies()).hasSize(1);
    }

    @Test
    void aFileThatWasMissedTwiceIsForgotten() throws Exception {
        putStudies(2);
        run(EVERYTHING);
        Files.delete(folder.resolve("study2/1.dcm"));
        source(true).studies(StudyQuery.ALL);
        assertThat(ledger.sourceFiles("cd").of(studyOf(2))).hasSize(3);
        source(true).studies(StudyQuery.ALL);
        assertThat(ledger.sourceFiles("cd").of(studyOf(2))).hasSize(2);
    }

    @Test
    void oneStudyOfAFolderIsLookedAtWhenThatIsAsked() throws Exception {
        putStudies(2);
        run(EVERYTHING);
        DataSet corrected = DataSet.builder(CharacterSet.DEFAULT)
                .addAll(SyntheticStudies.ct(2, 4).get(0))
                .add(Attribute.InstanceNumber, "4711")
                .build();
        put("study2/1.dcm", corrected);
        Files.setLastModifiedTime(folder.resolve("study2/1.dcm"), FileTime.fromMillis(4711_000));
        put("elsewhere/4.dcm", SyntheticStudies.ct(2, 4).get(3));
        SyncReport report = run(new SyncRequest(null, studyOf(2), true, false, false, false));
        assertThat(report.instances()).isEqualTo(4);
        assertThat(known(2).numberOfInstances()).isEqualTo(4);
    }

    @Test
    void saysWhatCannotBeRead() throws Exception {
        putStudies(2);
        FolderSource source = source(false);
        source.studies(StudyQuery.ALL);
        assertThat(source.troubles()).isEmpty();
        Path link = Files.createSymbolicLink(folder.resolve("link"), dir.resolve("nowhere"));
        Files.createSymbolicLink(folder.resolve("study1/loop"), folder); // what is there is met all the same
        Files.createSymbolicLink(folder.resolve("other"), dir.resolve("nowhere"));
        assertThat(source.studies(StudyQuery.ALL).studies()).hasSize(2);
        assertThat(source.troubles())
                .containsExactly("2 files or folders cannot be read; what was known of them stands");
        Files.delete(link);
        source.studies(StudyQuery.ALL);
        assertThat(source.troubles()).singleElement().asString().startsWith("1 file or folder ");
    }
}
