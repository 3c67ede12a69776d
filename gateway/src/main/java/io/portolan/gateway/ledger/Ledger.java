package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Claim.Publication;
import io.portolan.mapping.study.Gathered;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;

/**
 * The only durable state: which instances there are, which studies are due, and what stands on the FHIR server.
 *
 * <pre>
 *          record            claim              published
 * receiver ------> dirty ... due ----> claimed ----------> clean
 *                    ^                    | retryLater, release, lease over: due again
 *                    +--- replay, record -+ park: parked
 * </pre>
 *
 * Whatever a method reports as done is on disk when it returns. Reading never waits for writing. Claims are leases: a
 * holder that dies loses them by the clock, and one that was overtaken is told so and changes nothing.
 *
 * <p>All methods may be called by several threads and throw {@link LedgerException} when the database cannot.
 */
public final class Ledger implements AutoCloseable {

    private final Database database;
    private final Committer committer;
    private final Schedule schedule;
    private final LedgerOptions options;
    private final InstantSource clock;
    private final Lanes lanes = new Lanes();
    private final Storages storages;

    private final Changes changes = new Changes();
    private final Changes forwardChanges = new Changes();

    private Ledger(Database database, LedgerOptions options, InstantSource clock) {
        this.database = database;
        this.committer = new Committer(database);
        this.schedule = new Schedule(options.quiet(), options.maxDelay());
        this.options = options;
        this.clock = clock;
        this.storages = new Storages(database, committer, this::now, !isFile());
    }

    /**
     * Opens the ledger; makes it, and its directory, when it is not there.
     *
     * @throws LedgerException says what to do
     */
    public static Ledger open(LedgerOptions options) {
        Database database = Database.open(options);
        return new Ledger(database, options, database.clock());
    }

    /** The same with another clock than that of the database. */
    public static Ledger open(LedgerOptions options, InstantSource clock) {
        return new Ledger(Database.open(options), options, clock);
    }

    /**
     * Opens a ledger that is there, for a moment, beside the gateway that runs on it: nothing is made or migrated.
     *
     * @param fingerprint see {@link LedgerOptions}
     * @throws LedgerException says what to do: there is no ledger of this version's schema in the file
     */
    public static Ledger openBeside(LedgerPlace place, String fingerprint) {
        LedgerOptions options = LedgerOptions.of(place, fingerprint);
        Database database = Database.openBeside(options);
        return new Ledger(database, options, database.clock());
    }

    // ---- receiving

    /**
     * Records an instance. Returns when it is on disk; receptions of several threads share a commit.
     *
     * @throws LedgerException it is not recorded: {@link Category#OUT_OF_RESOURCES} for a full backlog or disk
     */
    public Recorded record(Reception reception) {
        Recording recording = new Recording(reception);
        Recorded recorded = committer.commit(
                handle -> recording.write(handle, now(), schedule, options.backlogMaxStudies(), storages.ours()));
        if (recording.sooner()) {
            changes.tell();
        }
        if (reception.forward()) {
            forwardChanges.tell();
        }
        return recorded;
    }

    /**
     * Records instances that came before, in one commit; oldest first. Their studies are made anew when nothing else is
     * due, and are no backlog.
     *
     * @return those that cannot be: their StudyInstanceUID is that of a selection of the ledger's own
     * @throws LedgerException nothing of it is recorded
     */
    public List<Restored> restore(List<Restored> instances) {
        List<Recording> recordings = instances.stream()
                .map(one -> new Recording(one.reception(), one.arrived()))
                .toList();
        List<Restored> refused = new ArrayList<>();
        committer.commit(handle -> {
            refused.clear(); // a commit may be tried again
            for (int i = 0; i < recordings.size(); i++) {
                if (!recordings.get(i).restore(handle, now(), schedule, storages.ours())) {
                    refused.add(instances.get(i));
                }
            }
            return refused.size();
        });
        changes.tell();
        return refused;
    }

    /** Whether it is a file of one gateway; else several may share it. */
    public boolean isFile() {
        return options.place().file().isPresent();
    }

    /** Whether no newer version has migrated it since it was opened: else nothing can be written any more. */
    public boolean isOfThisVersion() {
        return database.isOfThisVersion();
    }

    /** Where files are kept. */
    public Storages storages() {
        return storages;
    }

    /** The files that are kept in our folder. */
    public FileRows files() {
        return new FileRows(database, committer, this::now, forwardChanges, storages.ours());
    }

    // ---- publishing

    /** The due study whose turn it is, see {@link Lanes}; the caller's until the lease ends. */
    public Optional<Claim> claim(Duration lease) {
        if (!database.read(handle -> Lanes.isAnyDue(handle, now()))) {
            return Optional.empty();
        }
        String token = UUID.randomUUID().toString();
        Optional<ClaimedRow> claimed = committer.commit(handle -> lanes.next(handle, now())
                .map(id -> ClaimedRow.of(handle, StudyRow.get(handle, id), token, now(), lease)));
        return claimed.map(one -> one.claim(token, database.read(handle -> Publications.find(handle, one.study().id))));
    }

    /**
     * What is known of a study or a selection now, which may be newer than a claim on it; then it stays dirty.
     *
     * @throws IllegalArgumentException when there is no such study
     */
    public Gathered gathered(Uid study) {
        return find(study).orElseThrow(() -> new IllegalArgumentException("the ledger has no study " + study));
    }

    /** As {@link #gathered}; empty: there is no such study. */
    public Optional<Gathered> find(Uid study) {
        return database.read(handle -> StudyRow.find(handle, study).map(row -> StudyReader.read(handle, row)));
    }

    /**
     * Records that the revision of the claim was published, and gives the claim back.
     *
     * @return false: the lease has ended, whoever has the study now; nothing is recorded
     */
    public boolean published(Claim claim, Publication publication, Effort effort, List<AuditRecord> audit) {
        byte[] json = Publications.zip(publication.json());
        return conclude(claim, (handle, study) -> {
            study.published(claim.revision(), schedule);
            study.established();
            Publications.put(handle, study.id, publication, json, effort, options.fingerprint(), now());
            AuditOutbox.add(handle, audit, now());
        });
    }

    /** As the other, at no cost. */
    public boolean published(Claim claim, Publication publication) {
        return published(claim, publication, Effort.NONE, List.of());
    }

    /** As {@link #published(Claim, Publication)}, when nothing is to be said yet; the server was not looked at. */
    public boolean settled(Claim claim) {
        return conclude(claim, (handle, study) -> study.published(claim.revision(), schedule));
    }

    /** As {@link #published(Claim, Publication)}, when what stood on the server was deleted. */
    public boolean deleted(Claim claim, List<AuditRecord> audit) {
        return conclude(claim, (handle, study) -> {
            study.published(claim.revision(), schedule);
            study.established();
            Publications.remove(handle, study.id);
            AuditOutbox.add(handle, audit, now());
        });
    }

    /** Gives a claim back after a failed attempt: the study is due again after a delay. False: the claim is stale. */
    public boolean retryLater(Claim claim, Category category, String error, Duration delay) {
        return settle(claim, (handle, study) -> study.failed(category, error, now() + delay.toMillis(), schedule));
    }

    /**
     * Gives a study up until something new comes for it or somebody replays it; when something came since it was
     * claimed, it stays dirty. False: the claim is stale.
     */
    public boolean park(Claim claim, Category category, String error) {
        // What was taken back of it must not stay listed in its selections.
        return conclude(claim, (handle, study) -> study.parked(claim.revision(), category, error, now(), schedule));
    }

    /**
     * What stands on the server of a study may not be what was recorded: somebody whose lease had ended has written. It is
     * compared with the server when nothing else is due.
     */
    public void doubt(Uid study) {
        committer.commit(handle -> {
            StudyRow.find(handle, study).ifPresent(row -> {
                row.doubted();
                row.touched(now(), schedule, true);
                row.save(handle);
            });
            return 1;
        });
        changes.tell();
    }

    /** Gives a claim back as if it had never been. False: the claim is stale. */
    public boolean release(Claim claim) {
        return settle(claim, (handle, study) -> study.released());
    }

    /** Makes a lease last from now. False: the claim is stale. */
    public boolean renew(Claim claim, Duration lease) {
        return update(claim, (handle, study) -> study.claimed(claim.token(), now() + lease.toMillis()));
    }

    /** As {@link #settle}, and what follows from the study is made again: behind all where it was itself. */
    private boolean conclude(Claim claim, BiConsumer<Handle, StudyRow> what) {
        return settle(claim, (handle, study) -> {
            boolean again = study.isAgain();
            what.accept(handle, study);
            Evidence.follow(handle, study, now(), schedule, again);
        });
    }

    private boolean settle(Claim claim, BiConsumer<Handle, StudyRow> what) {
        boolean settled = update(claim, what);
        if (settled) {
            changes.tell();
        }
        return settled;
    }

    private boolean update(Claim claim, BiConsumer<Handle, StudyRow> what) {
        return committer.commit(handle -> {
            Optional<StudyRow> held = StudyRow.find(handle, claim, now());
            held.ifPresent(study -> {
                what.accept(handle, study);
                study.save(handle);
            });
            return held.isPresent();
        });
    }

    /**
     * Forgets all instances, and what was to be done; what was published stays known. For whoever records everything anew,
     * and compares it with that.
     */
    public void forgetInstances() {
        committer.commit(Recording::forgetAll);
    }

    /** Ends every lease now: for whoever knows that nobody else uses the ledger, and that the last one may have been killed. */
    public void endLeases() {
        committer.commit(handle -> StudyRow.endLeases(handle, now())
                + SharedRows.endLeases(handle, now())
                + AuditOutbox.endLeases(handle, now())
                + Commitments.endLeases(handle, now())
                + Sources.endLeases(handle, now()));
    }

    /** How long until there may be something to claim, zero: now; empty: nothing is dirty but what is parked. */
    public Optional<Duration> untilDue() {
        Optional<Long> at = database.read(Lanes::untilDue);
        return at.map(millis -> Duration.ofMillis(Math.max(0, millis - now())));
    }

    /** When something has become due, or due earlier, in this process. */
    public Changes changes() {
        return changes;
    }

    /** What studies share on the FHIR server. */
    public Shares shares() {
        return new Shares(database, committer, this::now);
    }

    // ---- operating

    /** Reads every study's row; for a few numbers often, {@link #waiting} and {@link #parkedCount}. */
    public LedgerCounts counts() {
        return database.read(LedgerStatus::counts);
    }

    /** What publishing has cost; reads the row of every publication. */
    public Amplification amplification() {
        return database.read(Amplification::read);
    }

    /** Studies that wait to be published: dirty, parked ones apart. */
    public long waiting() {
        return database.read(LedgerStatus::waiting);
    }

    /** Studies that wait because something came for them: never more than the limit of the options. */
    public long backlog() {
        return database.read(LedgerStatus::backlog);
    }

    /** Studies that were given up for now. */
    public long parkedCount() {
        return database.read(LedgerStatus::parkedCount);
    }

    /** The studies that were given up for now, oldest first; at most so many. */
    public List<ParkedStudy> parked(int max) {
        return database.read(handle -> LedgerStatus.parked(handle, max));
    }

    /** What is to be told of what was written. */
    public AuditOutbox audit() {
        return new AuditOutbox(database, committer, this::now);
    }

    /** What was asked about safe keeping. */
    public Commitments commitments() {
        return new Commitments(database, committer, this::now, storages.ours());
    }

    /** What an operator makes due. */
    public Replays replays() {
        return new Replays(database, committer, this::now, options.fingerprint(), changes::tell);
    }

    /** What packs the rows of studies to which nothing comes any more. */
    public Compaction compaction() {
        return new Compaction(database, committer, this::now);
    }

    /** The archives that sync asks. */
    public Sources sources() {
        return new Sources(database, committer, this::now);
    }

    /** What they have. */
    public SourceStudies sourceStudies() {
        return new SourceStudies(database, committer, this::now, options, schedule, changes::tell);
    }

    /** The files of one of them that is a folder. */
    public SourceFiles sourceFiles(String name) {
        return new SourceFiles(database, committer, name);
    }

    /** By which all its times are: that of the database, where several share it. */
    public Clock clock() {
        return clock.withZone(ZoneOffset.UTC);
    }

    /** Milliseconds, of all that it writes or compares. */
    private long now() {
        return clock.millis();
    }

    /** For tests, which count its commits and hold them up. */
    Committer committer() {
        return committer;
    }

    /** Finishes what waits to be written; what comes later is refused. */
    @Override
    public void close() {
        committer.close();
        database.close();
    }
}
