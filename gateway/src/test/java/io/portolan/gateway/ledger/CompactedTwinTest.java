package io.portolan.gateway.ledger;

import static io.portolan.gateway.ledger.TestInstances.header;
import static io.portolan.gateway.ledger.TestInstances.instance;
import static io.portolan.gateway.ledger.TestInstances.keyObject;
import static io.portolan.gateway.ledger.TestInstances.series;
import static io.portolan.gateway.ledger.TestInstances.sop;
import static io.portolan.gateway.ledger.TestInstances.study;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.mapping.study.Gathered;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two ledgers to which the same happens, at random and the same for each seed; one of them compacts what it may, the other never
 * does. Whatever is asked, they answer the same.
 */
class CompactedTwinTest implements LedgerInFile {

    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration QUIET = Duration.ofDays(2);
    private static final int STUDIES = 5;
    private static final int STEPS = 200;

    @TempDir
    Path directory;

    private final SettableClock clock = new SettableClock();
    private Ledger compacting;
    private Ledger plain;
    private int compacted;
    private int expanded;
    private long packed; // studies, after the last step
    private int files;

    @BeforeEach
    void open() {
        compacting = open("compacting.db");
        plain = open("plain.db");
    }

    private Ledger open(String file) {
        return Ledger.open(
                new LedgerOptions(place(directory.resolve(file)), Duration.ZERO, Duration.ZERO, 100, 0, "v1"), clock);
    }

    @AfterEach
    void close() {
        compacting.close();
        plain.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void answersAsALedgerThatNeverCompacts(long seed) throws InterruptedException {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            String what = step(random);
            String as = "seed " + seed + ", step " + step + ": " + what;
            assertSame(as);
        }
        for (int number = 1; number <= STUDIES; number++) {
            Reception last = reception(random, number);
            assertBoth("the last", ledger -> ledger.record(last));
        }
        assertSame("seed " + seed + ", at the end");
        System.out.println("seed " + seed + ": compacted " + compacted + " times, expanded " + expanded);
        assertThat(Math.min(compacted, expanded)).as("or it has shown nothing").isGreaterThan(5);
    }

    // ---- what happens

    private String step(Random random) throws InterruptedException {
        int what = random.nextInt(100);
        int number = 1 + random.nextInt(STUDIES);
        if (what < 25) {
            Reception reception = reception(random, number);
            assertBoth("recorded", ledger -> ledger.record(reception));
            return "record " + number;
        } else if (what < 50) {
            publish(random.nextInt(10) == 0);
            return "publish";
        } else if (what < 60) {
            clock.pass(Duration.ofHours(random.nextInt(60)));
            return "wait";
        } else if (what < 75) {
            clock.pass(QUIET);
            compacting.compaction().run(QUIET, commit -> true);
            return "compact";
        } else if (what < 80) {
            restore(random, number);
            return "restore " + number;
        } else if (what < 83) {
            replay(random, number);
            return "replay " + number;
        } else if (what < 85) {
            note(random, number);
            return "note of " + number;
        } else if (what < 86) {
            String name = "archive-" + random.nextInt(3);
            assertBoth("forgotten", ledger -> ledger.sources().forget(name));
            return "forget " + name;
        }
        sync(random, number);
        return "sync " + number;
    }

    private Reception reception(Random random, int study) {
        int sop = study * 100 + random.nextInt(6);
        int value = random.nextInt(3);
        var header = header(study, 1 + random.nextInt(2), sop)
                .add(Attribute.SeriesDescription, "DESCRIPTION " + value)
                .add(Attribute.InstanceNumber, Integer.toString(random.nextInt(10) == 0 ? value : sop));
        String file = random.nextInt(3) == 0
                ? null
                : study(study) + "/" + series(1) + "/" + sop(sop) + "-" + new java.util.UUID(7, ++files) + ".dcm";
        boolean kept = random.nextBoolean();
        return new Reception(
                instance(header, random.nextInt(3) == 0 ? "" : "AE" + value),
                (kept ? TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN : TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN).uid(),
                random.nextInt(8) == 0,
                file);
    }

    private void publish(boolean failing) {
        for (int i = 0; i < 20; i++) {
            Optional<Claim> one = compacting.claim(LEASE);
            Optional<Claim> other = plain.claim(LEASE);
            assertThat(one.map(CompactedTwinTest::told)).isEqualTo(other.map(CompactedTwinTest::told));
            if (one.isEmpty()) {
                return;
            }
            if (failing) {
                compacting.park(one.get(), Category.FHIR_REJECTED, "no");
                plain.park(other.orElseThrow(), Category.FHIR_REJECTED, "no");
            } else {
                Publication publication = new Publication(
                        "s",
                        "1",
                        "v",
                        "{\"study\":\"" + one.get().study() + "\",\"x\":[" + i
                                + "],\"series\":[{\"uid\":\"1.2\"},{\"uid\":\"1.3\"}]}");
                compacting.published(one.get(), publication);
                plain.published(other.orElseThrow(), publication);
            }
        }
    }

    private static List<Object> told(Claim claim) {
        return List.of(
                claim.study(),
                claim.revision(),
                claim.attempts(),
                claim.dueAt(),
                claim.lastArrival(),
                Optional.ofNullable(claim.last()),
                claim.uncertain());
    }

    private void restore(Random random, int number) {
        List<Restored> some = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            some.add(new Restored(
                    reception(random, number), clock.instant().minus(Duration.ofHours(random.nextInt(99)))));
        }
        assertBoth("restored", ledger -> ledger.restore(some));
    }

    private void replay(Random random, int number) {
        List<Uid> one = List.of(study(number));
        switch (random.nextInt(4)) {
            case 0 -> assertBoth("replayed", ledger -> ledger.replays().replay(one));
            case 1 -> assertBoth("republished", ledger -> ledger.replays().republishAll());
            case 2 -> assertBoth("replayed", ledger -> ledger.replays().replayParked(Optional.empty()));
            default ->
                assertBoth("doubted", ledger -> {
                    ledger.doubt(study(number));
                    return 1;
                });
        }
    }

    private void note(Random random, int number) {
        String title = List.of("113001", "113039", "113000").get(random.nextInt(3));
        int in = random.nextInt(4) == 0 ? number : 20 + random.nextInt(3);
        Uid named = sop(number * 100 + random.nextInt(6));
        Reception note = TestInstances.reception(
                keyObject(in, 9_000 + in * 10 + random.nextInt(2), title, study(number), named));
        assertBoth("noted", ledger -> ledger.record(note));
    }

    private void sync(Random random, int number) {
        String name = "archive-" + random.nextInt(3);
        Uid uid = study(number);
        int what = random.nextInt(4);
        Set<Uid> some = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            if (random.nextBoolean()) {
                some.add(sop(number * 100 + i));
            }
        }
        Set<Uid> there = what == 0 ? known(uid) : some;
        List<Reception> read = List.of(reception(random, number), reception(random, number));
        Set<Uid> confirmed = known(uid);
        SourceStudy listed = new SourceStudy(
                uid, "20260101", "h", "e", new TreeMap<>(Map.of(series(1), "1", series(2), "2")), false);
        assertBoth("synced by " + name, ledger -> {
            SourceRun run = ledger.sources().begin(name, "", LEASE, true).orElseThrow();
            Object answer = switch (what) {
                case 0, 1 -> ledger.sourceStudies().adopt(run, listed, there);
                case 2 -> {
                    ledger.sourceStudies().record(run, uid, "20260101", read);
                    yield ledger.sourceStudies()
                            .conclude(run, listed, Map.of(series(1), some, series(2), some), confirmed);
                }
                default -> {
                    ledger.sourceStudies().gone(run, uid);
                    yield 1;
                }
            };
            ledger.sources().end(run, new Sources.Ending("done", "", true, true, true));
            return answer;
        });
    }

    private Set<Uid> known(Uid uid) {
        Set<Uid> known = new HashSet<>();
        plain.find(uid).ifPresent(gathered -> gathered.instances().forEach(one -> known.add(one.instance())));
        return known;
    }

    // ---- what they answer

    private <T> void assertBoth(String as, Function<Ledger, T> question) {
        assertThat(question.apply(compacting)).as(as).isEqualTo(question.apply(plain));
    }

    private void assertSame(String as) {
        assertBoth(as, Ledger::counts);
        assertBoth(as, Ledger::waiting);
        assertBoth(as, Ledger::backlog);
        assertBoth(as, Ledger::amplification);
        assertBoth(as, Ledger::untilDue);
        assertBoth(as, ledger -> ledger.parked(10));
        assertBoth(as, ledger -> ledger.replays().outdated());
        for (int number = 1; number < 25; number++) {
            Uid uid = study(number);
            assertBoth(as, ledger -> ledger.find(uid).map(CompactedTwinTest::sorted));
            assertBoth(as, ledger -> ledger.files().of(uid));
            for (int i = 0; number <= STUDIES && i < 6; i++) {
                Uid sop = sop(number * 100 + i);
                assertBoth(as, ledger -> ledger.files().of(uid, sop));
                assertBoth(as, ledger -> ledger.files().comesBack(uid, sop));
            }
            assertBoth(as, ledger -> rows(ledger, uid));
        }
        long now = compacting.compaction().count();
        compacted += now > packed ? 1 : 0;
        expanded += now < packed ? 1 : 0;
        packed = now;
    }

    private static List<Object> sorted(Gathered gathered) {
        return List.of(
                gathered.study(),
                new HashSet<>(gathered.instances()),
                gathered.instances().size(),
                new HashSet<>(gathered.notes()),
                gathered.selection().isPresent(),
                gathered.gone());
    }

    /** Every column of every row, in their order; only keys may differ. */
    private static Optional<StudyRows> rows(Ledger ledger, Uid uid) {
        return ledger.committer()
                .commit(handle -> StudyRow.find(handle, uid)
                        .map(row ->
                                row.isCompacted() ? CompactedRows.read(handle, row) : StudyRows.read(handle, row.id)));
    }
}
