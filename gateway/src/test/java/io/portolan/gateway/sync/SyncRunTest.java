package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.SourceState;
import io.portolan.gateway.sync.Difference.Kind;
import io.portolan.gateway.sync.SyncReport.Outcome;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SyncRunTest extends SyncRoom {

    private static final DateTimeFormatter DA = DateTimeFormatter.BASIC_ISO_DATE;

    @Test
    void recordsWhatIsThereAndMakesItDueAtOnce() {
        hasStudies(3);
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.listed()).isEqualTo(3);
        assertThat(report.instances()).isEqualTo(9);
        assertThat(report.differences()).isEqualTo(Map.of(Kind.NEW, 3L));
        assertThat(known(2).numberOfInstances()).isEqualTo(3);
        assertThat(known(2).callingAe()).hasValue("PACS");
        assertThat(publish()).containsExactlyInAnyOrder(study(1), study(2), study(3));
    }

    @Test
    void asksOnceAndWritesNothingWhereNothingHasChanged() {
        hasStudies(20);
        run(EVERYTHING);
        publish();
        SyncReport again = run(EVERYTHING);
        assertThat(again.outcome()).isEqualTo(Outcome.DONE);
        assertThat(again.differences()).isEmpty();
        assertThat(source.asked).containsExactly("studies ");
        assertThat(publish()).isEmpty();
    }

    @Test
    void readsOnlyTheSeriesThatDiffer() {
        hasStudies(2);
        run(EVERYTHING);
        publish();
        has(2, 300, 900);
        SyncReport report = run(EVERYTHING);
        assertThat(source.asked).containsExactly("studies ", "series " + study(2), "headers " + series(300));
        assertThat(report.differences()).isEqualTo(Map.of(Kind.RESIZED, 1L));
        assertThat(told).containsExactly(new Difference(study(2), Kind.RESIZED, "2 to 3 series, 3 to 4 instances"));
        assertThat(known(2).numberOfSeries()).isEqualTo(3);
        assertThat(publish()).containsExactly(study(2));
    }

    @Test
    void replacesWhatWasCorrectedAlsoByNothing() {
        hasStudies(2);
        run(EVERYTHING);
        source.correct(study(1), Attribute.StudyDescription, null);
        source.correct(study(1), Attribute.PatientName, "Right^Name");
        run(EVERYTHING);
        assertThat(known(1).header().merged().string(Attribute.StudyDescription))
                .isEmpty();
        assertThat(known(1).patient().merged().string(Attribute.PatientName)).hasValue("Right^Name");
        assertThat(told).extracting(Difference::kind).containsExactly(Kind.CORRECTED);
        assertThat(told.get(0).detail()).contains("PatientName").doesNotContain("Right");
    }

    @Test
    void movesAStudyToAnotherPatientAsAWhole() {
        hasStudies(2);
        run(EVERYTHING);
        publish();
        source.correct(study(1), Attribute.PatientID, "OTHER");
        run(EVERYTHING);
        assertThat(told).extracting(Difference::kind).containsExactly(Kind.MOVED);
        assertThat(known(1).everyPatient().variants()).hasSize(1);
        assertThat(known(1).patient().merged().string(Attribute.PatientID)).hasValue("OTHER");
        assertThat(publish()).containsExactly(study(1));
    }

    @Test
    void asksForTheSeriesOfAStudyOfWhichAListDoesNotSayHowMuchThereIs() {
        source.countsStudies = false;
        hasStudies(2);
        run(EVERYTHING);
        publish();
        assertThat(run(EVERYTHING).differences()).isEmpty();
        assertThat(source.asked).containsExactlyInAnyOrder("studies ", "series " + study(1), "series " + study(2));
        assertThat(run(DRY_RUN).differences()).isEmpty();
        assertThat(publish()).isEmpty();
        has(2, 2, 900);
        assertThat(run(DRY_RUN).differences()).isEqualTo(Map.of(Kind.RESIZED, 1L));
        assertThat(run(EVERYTHING).differences()).isEqualTo(Map.of(Kind.RESIZED, 1L));
        assertThat(publish()).containsExactly(study(2));
        assertThat(known(2).numberOfInstances()).isEqualTo(4);
    }

    @Test
    void readsEverySeriesOfWhichIsNotSaidHowMuchThereIs() {
        source.countsStudies = false;
        source.countsSeries = false;
        hasStudies(12);
        run(EVERYTHING);
        publish();
        SyncReport again = run(EVERYTHING);
        assertThat(again.differences()).isEmpty();
        assertThat(again.instances()).isEqualTo(36);
        assertThat(publish()).isEmpty();
        has(2, 2, 900);
        source.instances.remove(sop(41));
        SyncReport report = run(EVERYTHING);
        assertThat(report.differences()).isEqualTo(Map.of(Kind.RESIZED, 2L, Kind.SHRUNK, 1L));
        assertThat(publish()).containsExactlyInAnyOrder(study(2), study(4));
    }

    @Test
    void isNoCorrectionWhatTheArchiveSaysAsItDid() {
        source.listsNames = false;
        has(4, 4, 40);
        run(EVERYTHING);
        has(4, 4, 43);
        assertThat(run(EVERYTHING).differences()).isEqualTo(Map.of(Kind.RESIZED, 1L));
    }

    @Test
    void takesBackWhatTheArchiveHasNoMoreAfterASecondLook() {
        hasStudies(12);
        run(EVERYTHING);
        publish();
        source.removeStudy(study(4));
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.removed()).isEqualTo(1);
        assertThat(source.asked).containsExactly("studies ", "studies " + study(4));
        assertThat(isGone(4)).isTrue();
        assertThat(isGone(5)).isFalse();
        assertThat(publish()).containsExactly(study(4));
        assertThat(run(EVERYTHING).removed()).as("once").isZero();
    }

    @Test
    void whatIsBackInTheArchiveIsBack() {
        hasStudies(12);
        run(EVERYTHING);
        DataSet first = Objects.requireNonNull(source.instances.get(sop(40)));
        source.removeStudy(study(4));
        run(EVERYTHING);
        source.put(first);
        run(EVERYTHING);
        assertThat(known(4).numberOfInstances()).as("what is there now").isEqualTo(1);
    }

    @Test
    void whatIsSentAgainAfterItWasDeletedIsBack() throws Exception {
        hasStudies(12);
        run(EVERYTHING);
        source.removeStudy(study(4));
        run(EVERYTHING);
        publish();
        receives(header(4, 4, 40).build());
        assertThat(known(4).numberOfInstances()).isEqualTo(1);
        run(EVERYTHING);
        assertThat(known(4).numberOfInstances())
                .as("the archive never listed it since")
                .isEqualTo(1);
    }

    @Test
    void neverTouchesWhatTheArchiveNeverListed() throws Exception {
        hasStudies(12);
        receives(header(77, 77, 770).build());
        run(EVERYTHING);
        assertThat(source.asked).noneMatch(request -> request.contains(study(77).value()));
        source.removeStudy(study(4));
        run(EVERYTHING);
        assertThat(isGone(77)).isFalse();
    }

    @Test
    void leavesInAStudyWhatTheArchiveNeverListedOfIt() throws Exception {
        hasStudies(12);
        run(EVERYTHING);
        receives(header(4, 400, 4000).build());
        source.removeStudy(study(4));
        run(EVERYTHING);
        assertThat(known(4).numberOfInstances()).isEqualTo(1);
    }

    @Test
    void adoptsWhatWasSentDirectlyWithoutReadingItAndTakesItBackWhenItIsDeletedThere() throws Exception {
        hasStudies(12);
        run(EVERYTHING);
        has(50, 50, 500);
        receives(header(50, 50, 500).build());
        publish();
        SyncReport report = run(EVERYTHING);
        assertThat(source.asked).containsExactly("studies ", "series " + study(50), "instances " + study(50));
        assertThat(report.differences()).isEmpty();
        assertThat(known(50).callingAe()).hasValue("MODALITY");
        source.removeStudy(study(50));
        run(EVERYTHING);
        assertThat(isGone(50)).isTrue();
    }

    @Test
    void readsWhatWasSentDirectlyAndIsOtherwiseInTheArchive() throws Exception {
        has(50, 50, 500);
        receives(header(50, 50, 500).add(Attribute.PatientID, "WRONG").build());
        SyncReport report = run(EVERYTHING);
        assertThat(report.differences()).isEqualTo(Map.of(Kind.MOVED, 1L));
        assertThat(known(50).patient().merged().string(Attribute.PatientID)).hasValue("P50");
        assertThat(known(50).callingAe()).as("an archive is not who made it").hasValue("MODALITY");
        receives(header(50, 50, 500).add(Attribute.PatientID, "AAA").build());
        assertThat(known(50).patient().merged().string(Attribute.PatientID))
                .as("what the archive says stands")
                .hasValue("P50");
    }

    @Test
    void stopsBeforeItTakesBackMoreThanAShare() {
        hasStudies(60);
        run(EVERYTHING);
        publish();
        for (int study = 1; study <= 7; study++) {
            source.removeStudy(study(study));
        }
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.problems()).anyMatch(problem -> problem.contains("more than 6 of 60"));
        assertThat(publish()).isEmpty();
        assertThat(run(ALLOWED).removed()).isEqualTo(7);
        assertThat(publish()).hasSize(7);
    }

    @Test
    void doesNotBelieveAnArchiveThatListsNothing() {
        hasStudies(3);
        run(EVERYTHING);
        source.instances.clear();
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(isGone(1)).isFalse();
        assertThat(run(ALLOWED).removed()).isEqualTo(3);
        assertThat(isGone(1)).isTrue();
    }

    @Test
    void aListThatFailedSaysNothing() {
        hasStudies(3);
        run(EVERYTHING);
        source.fails = request -> true;
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(isGone(1)).isFalse();
    }

    @Test
    void aSecondLookThatFailsTakesNothingBack() {
        hasStudies(12);
        run(EVERYTHING);
        source.removeStudy(study(4));
        source.fails = request -> request.contains(study(4).value());
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(isGone(4)).isFalse();
    }

    @Test
    void asksInPiecesWhereAnAnswerHasNoRoom() {
        hasStudies(100);
        source.answerMax = 7;
        studiesMax = 7;
        SyncReport first = run(EVERYTHING);
        assertThat(first.outcome()).isEqualTo(Outcome.DONE);
        assertThat(first.differences()).isEqualTo(Map.of(Kind.NEW, 100L));
        SyncReport again = run(EVERYTHING);
        assertThat(again.outcome()).isEqualTo(Outcome.DONE);
        assertThat(again.listed()).isEqualTo(100);
        assertThat(source.asked).as("pieces by what was there the last time").hasSizeLessThan(35);
        source.removeStudy(study(4));
        assertThat(run(EVERYTHING).removed()).isEqualTo(1);
    }

    @Test
    void asksForMinutesOfADayThatIsTooMuchForOneAnswer() {
        for (int study = 0; study < 20; study++) {
            source.put(header(28 * study, study, study).build());
        }
        source.answerMax = 3;
        studiesMax = 3;
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.differences()).isEqualTo(Map.of(Kind.NEW, 20L));
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void saysThatAListIsCutOffWhenTheSecondLookFindsWhatItLeftOut() {
        hasStudies(12);
        run(EVERYTHING);
        source.hidden = study(4)::equals;
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.INCOMPLETE);
        assertThat(report.problems()).anyMatch(problem -> problem.contains("cut off"));
        assertThat(isGone(4)).isFalse();
    }

    @Test
    void takesBackInstancesThatAreGoneAfterASecondLook() {
        hasStudies(12);
        run(EVERYTHING);
        publish();
        source.instances.remove(sop(41));
        source.instances.remove(sop(52));
        SyncReport report = run(EVERYTHING);
        assertThat(report.removed()).isEqualTo(2);
        assertThat(report.differences()).containsEntry(Kind.SHRUNK, 2L);
        assertThat(known(4).numberOfInstances()).isEqualTo(2);
        assertThat(known(5).numberOfSeries()).isEqualTo(1);
        assertThat(publish()).containsExactlyInAnyOrder(study(4), study(5));
        assertThat(run(EVERYTHING).differences()).isEmpty();
    }

    @Test
    void goesOnWhereItWasBrokenOff() {
        hasStudies(100);
        source.answerMax = 7;
        studiesMax = 7;
        int[] answers = {0};
        source.fails = request -> request.startsWith("studies") && ++answers[0] > 20;
        SyncReport broken = run(SyncRequest.SCHEDULED);
        assertThat(broken.outcome()).isEqualTo(Outcome.UNAVAILABLE);
        LocalDate day =
                ledger.sources().find("pacs").map(state -> state.pass().day()).orElseThrow();
        source.fails = request -> false;
        SyncReport rest = run(SyncRequest.SCHEDULED);
        assertThat(rest.scope()).isEqualTo("everything, gone on with");
        assertThat(rest.outcome()).isEqualTo(Outcome.DONE);
        assertThat(source.asked)
                .as("of what was done, the last three days alone")
                .filteredOn(request -> request.startsWith("studies "))
                .isNotEmpty()
                .allMatch(request -> isOutside(request, DA.format(day), "20261123"));
        assertThat(ledger.sources().studies("pacs")).isEqualTo(100);
        assertThat(ledger.sources().find("pacs").map(state -> state.pass().day()))
                .isEmpty();
        assertThat(ledger.sources().find("pacs").map(state -> state.pass().done()))
                .hasValue(NOW);
    }

    private static boolean isOutside(String request, String from, String before) {
        Matcher days = Pattern.compile("studies ([0-9]{8})(?:-([0-9]{8}))?.*").matcher(request);
        assertThat(days.matches()).as(request).isTrue();
        String last = Objects.requireNonNullElse(days.group(2), days.group(1));
        return last.compareTo(from) < 0 || days.group(1).compareTo(before) >= 0;
    }

    @Test
    void singleStudiesAndDaysByHandChangeNothingOfTheSchedule() {
        hasStudies(12);
        run(SyncRequest.SCHEDULED);
        SourceState before = ledger.sources().find("pacs").orElseThrow();
        time.set(NOW.plus(Duration.ofHours(1)));
        has(2, 2, 900);
        has(4, 4, 901);
        LocalDate today = LocalDate.ofInstant(NOW, ZoneOffset.UTC);
        assertThat(run(new SyncRequest(null, study(2), true, false, false, false))
                        .differences())
                .isEqualTo(Map.of(Kind.RESIZED, 1L));
        assertThat(run(new SyncRequest(today.minusDays(30), null, true, false, false, false))
                        .differences())
                .isEqualTo(Map.of(Kind.RESIZED, 1L));
        source.fails = request -> true;
        assertThat(run(new SyncRequest(null, study(2), true, false, false, false))
                        .outcome())
                .isEqualTo(Outcome.UNAVAILABLE);
        assertThat(ledger.sources().find("pacs")).hasValue(before);
    }

    @Test
    void findsAgainWhatWasToBeTakenBackWhenItWasBrokenOff() {
        hasStudies(100);
        source.answerMax = 7;
        studiesMax = 7;
        run(EVERYTHING);
        Uid newest = study(27); // of the 28th, and so among the first
        source.removeStudy(newest);
        source.instances.remove(sop(551)); // of study 55, of the 28th too
        int[] answers = {0};
        source.fails = request -> request.startsWith("studies") && ++answers[0] > 10;
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.UNAVAILABLE);
        assertThat(isGone(27)).isFalse();
        source.fails = request -> false;
        SyncReport rest = run(EVERYTHING);
        assertThat(rest.outcome()).isEqualTo(Outcome.DONE);
        assertThat(isGone(27)).isTrue();
        assertThat(known(55).numberOfInstances()).isEqualTo(2);
    }

    @Test
    void goesOnStoppingUntilSomebodyAllowsIt() {
        hasStudies(60);
        run(SyncRequest.SCHEDULED);
        for (int study = 1; study <= 7; study++) {
            source.removeStudy(study(study));
        }
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(run(EVERYTHING).outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void comparesTheLastDaysOnlyUntilEverythingIsDueAgain() {
        hasStudies(28);
        run(SyncRequest.SCHEDULED);
        SyncReport next = run(SyncRequest.SCHEDULED);
        assertThat(next.scope()).isEqualTo("since 2026-11-23");
        assertThat(source.asked).containsExactly("studies 20261123-99991231");
        source.removeStudy(study(4));
        assertThat(run(SyncRequest.SCHEDULED).removed()).as("of another day").isZero();
    }

    @Test
    void asksForWhatWasChangedLatelyWhereTheArchiveSaysWhen() {
        hasStudies(28);
        lastUpdated = true;
        run(SyncRequest.SCHEDULED);
        publish();
        source.instances.computeIfPresent(
                sop(41),
                (uid, one) -> DataSet.builder(CharacterSet.UTF_8)
                        .addAll(one)
                        .add(Attribute.InstanceNumber, "4711")
                        .build());
        source.updated.put(study(4), "20261126110000+0000");
        SyncReport report = run(SyncRequest.SCHEDULED);
        assertThat(source.asked.get(0)).isEqualTo("studies changed 20261123120000+0000-");
        assertThat(report.listed()).isEqualTo(1);
        assertThat(publish()).as("though no list shows what it was").containsExactly(study(4));
        assertThat(report.removed()).as("what is not listed has not changed").isZero();
        assertThat(run(SyncRequest.SCHEDULED).instances()).as("once").isZero();
    }

    @Test
    void aStudyIsGoneWhenTheLastArchiveThatHadItHasItNoMore() {
        ScriptedSource other = new ScriptedSource();
        hasStudies(12);
        other.instances.putAll(source.instances);
        run(EVERYTHING);
        run("other", other, EVERYTHING);
        source.removeStudy(study(4));
        assertThat(run(EVERYTHING).removed()).isEqualTo(1);
        assertThat(isGone(4)).as("the other has it").isFalse();
        other.removeStudy(study(4));
        run("other", other, EVERYTHING);
        assertThat(isGone(4)).isTrue();
    }

    @Test
    void tellsWhatItWouldDoAndDoesNothing() {
        hasStudies(12);
        assertThat(run(DRY_RUN).differences()).isEqualTo(Map.of(Kind.NEW, 12L));
        assertThat(ledger.sources().all()).isEmpty();
        assertThat(ledger.find(study(1))).isEmpty();
        run(EVERYTHING);
        publish();
        source.removeStudy(study(4));
        has(5, 500, 5000);
        source.correct(study(6), Attribute.PatientID, "OTHER");
        SyncReport report = run(DRY_RUN);
        assertThat(report.differences()).isEqualTo(Map.of(Kind.RESIZED, 1L, Kind.MOVED, 1L, Kind.GONE, 1L));
        assertThat(report.removed()).isZero();
        assertThat(source.asked).noneMatch(request -> request.startsWith("headers"));
        assertThat(publish()).isEmpty();
        assertThat(run(EVERYTHING).differences()).isEqualTo(report.differences());
    }

    @Test
    void readsEveryHeaderAgainWhenThatIsAsked() {
        hasStudies(2);
        run(EVERYTHING);
        publish();
        source.instances.computeIfPresent(
                sop(10),
                (uid, one) -> DataSet.builder(CharacterSet.UTF_8)
                        .addAll(one)
                        .add(Attribute.InstanceNumber, "4711")
                        .build());
        assertThat(run(EVERYTHING).instances()).as("no list shows it").isZero();
        SyncReport full = run(FULL);
        assertThat(full.instances()).isEqualTo(6);
        assertThat(publish()).as("only what had changed").containsExactly(study(1));
    }

    @Test
    void leavesAStudyThatCannotBeReadForTheNextRun() {
        hasStudies(5);
        source.fails = request -> request.equals("headers " + series(103));
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.INCOMPLETE);
        assertThat(report.problems()).anyMatch(problem -> problem.contains(study(3).value()));
        source.fails = request -> false;
        assertThat(run(EVERYTHING).differences()).isEqualTo(Map.of(Kind.NEW, 1L));
        assertThat(known(3).numberOfInstances()).isEqualTo(3);
    }

    @Test
    void leavesOutAnInstanceThatIsNoneAndSaysSo() {
        hasStudies(2);
        source.put(DataSet.builder(CharacterSet.UTF_8)
                .addAll(header(1, 1, 999).build().where(tag -> tag != Attribute.SOPClassUID.tag()))
                .build());
        SyncReport report = run(EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.problems()).anyMatch(note -> note.contains("SOPClassUID") && note.contains(study(1).value()));
        assertThat(known(1).numberOfInstances()).isEqualTo(3);
        assertThat(run(EVERYTHING).instances()).as("it stays so").isZero();
    }

    @Test
    void anArchiveIsKnownByItsNameUntilItIsForgotten() {
        hasStudies(12);
        run(EVERYTHING);
        ScriptedSource other = new ScriptedSource();
        other.put(header(90, 90, 900).build());
        assertThat(run("pacs", other, EVERYTHING).outcome())
                .as("it lists none of what it listed before")
                .isEqualTo(Outcome.STOPPED);
        assertThat(ledger.sources().forget("pacs")).isTrue();
        SyncReport report = run("pacs", other, EVERYTHING);
        assertThat(report.outcome()).isEqualTo(Outcome.DONE);
        assertThat(report.removed()).isZero();
        assertThat(isGone(1)).isFalse();
        assertThat(ledger.sources().forget("nobody")).isFalse();
    }
}
