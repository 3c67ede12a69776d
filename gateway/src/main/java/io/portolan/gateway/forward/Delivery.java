package io.portolan.gateway.forward;

import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.gateway.Category;
import io.portolan.gateway.FileReason;
import io.portolan.gateway.ledger.Forwards;
import io.portolan.gateway.ledger.LedgerException;
import io.portolan.gateway.ledger.WaitingFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One association with the PACS (PS3.4 annex B, as SCU): one instance after the other, and what comes meanwhile and needs no other
 * presentation context. Owned by one worker.
 *
 * <pre>
 *   confirmed                                  recorded a few at a time, before anything waits; then dropped
 *   refused, context not accepted              parked; the next
 *   any other status                           the file later; the association ends, and the gate closes
 *   association lost                           the file in doubt later; the gate closes unless others were confirmed
 *   no association                             the gate closes
 *   file not there, or none of ours            parked; the next
 * </pre>
 */
final class Delivery {

    /** What all deliveries have in common. */
    record Post(
            ForwardOptions options,
            DicomEngine engine,
            Path root,
            Forwards forwards,
            Consumer<List<String>> removal,
            Desk desk,
            PacsGate gate,
            ForwardCounters counters,
            Random random,
            Set<AssociationClient> associations,
            BooleanSupplier stopping) {}

    /** Files that are taken at once. */
    static final int FILES_MAX = 100;

    /** Confirmations that are recorded together, and how old the first of them may be: what a crash has sent twice. */
    private static final int CONFIRMED_MAX = 50;

    private static final Duration CONFIRMED_AGE_MAX = Duration.ofSeconds(1);

    /** A fault of ours may be one of the moment; more often it is not. */
    private static final int BUG_ATTEMPTS_MAX = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final Post post;
    private final List<WaitingFile> held = new ArrayList<>();
    private final List<WaitingFile> confirmed = new ArrayList<>();
    private final Set<Proposal> contexts = new LinkedHashSet<>();
    private long firstConfirmedNanos;
    private long confirmedInAll;
    private long parked;
    private boolean ending;

    Delivery(Post post) {
        this.post = post;
    }

    /** Sends what is due. False: nothing is. */
    boolean send() throws InterruptedException {
        try {
            List<Outgoing> first = take();
            propose(first);
            if (!contexts.isEmpty()) {
                associate(first);
            }
            return !held.isEmpty();
        } finally {
            try {
                settle();
            } finally {
                post.desk.giveBack(held);
            }
        }
    }

    /** In their order, as many as an association has room for (PS3.8 9.3.2.2); the rest goes over the next one. */
    private void propose(List<Outgoing> files) {
        for (Outgoing file : files) {
            if (contexts.size() < RequestOptions.CONTEXTS_MAX) {
                contexts.add(file.proposal());
            }
        }
    }

    private void associate(List<Outgoing> first) throws InterruptedException {
        try (AssociationClient association = post.engine.request(post.options.request(contexts))) {
            post.associations.add(association);
            try {
                post.counters.countAssociation();
                List<Outgoing> files = first;
                while (!files.isEmpty() && sendAll(association, files)) {
                    settle();
                    files = ending ? List.of() : more();
                }
            } finally {
                post.associations.remove(association);
            }
            association.release();
        } catch (DicomNetworkException e) {
            lost(e);
        } catch (IOException e) {
            LOG.warn("cannot talk to the PACS: {}", FileReason.of(e));
            post.gate.down(FileReason.of(e));
        }
        if (confirmedInAll > 0 || parked > 0) {
            LOG.info("forwarded {} instances to {}; parked {}", confirmedInAll, post.options, parked);
        }
    }

    private void lost(DicomNetworkException e) {
        if (e.kind() == DicomNetworkException.Kind.STOPPED) {
            return;
        }
        post.counters.countFailed(Category.PACS_UNAVAILABLE);
        if (confirmedInAll == 0) {
            post.gate.down(String.valueOf(e.getMessage()));
        }
    }

    /** False: the association is over, or is to be. */
    private boolean sendAll(AssociationClient association, List<Outgoing> files) throws IOException {
        for (Outgoing file : files) {
            boolean goesOn =
                    !post.stopping.getAsBoolean() && (!contexts.contains(file.proposal()) || send(association, file));
            if (!goesOn) {
                return false;
            }
        }
        return true;
    }

    private boolean send(AssociationClient association, Outgoing file) throws IOException {
        if (!association.accepted(file.sopClass()).contains(file.transferSyntax())) {
            park(
                    file.file(),
                    Category.PACS_REJECTED,
                    "the PACS accepts no " + file.sopClass() + " in "
                            + file.transferSyntax().name());
            return true;
        }
        try (InputStream dataSet = file.openDataSet()) {
            return answered(
                    file,
                    association.store(file.sopClass(), file.file().sopInstance(), file.transferSyntax(), dataSet));
        } catch (DicomNetworkException e) {
            if (e.kind() != DicomNetworkException.Kind.STOPPED) {
                later(file.file(), Category.PACS_UNAVAILABLE, String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (IOException e) { // of the file; in the middle of it, the association had to be aborted
            unreadable(file.file(), e);
            association.close();
            throw new DicomNetworkException(DicomNetworkException.Kind.STOPPED, "a file cannot be read", e);
        } catch (LedgerException e) {
            throw e;
        } catch (RuntimeException e) { // its text may quote a value
            failed(file.file(), e);
            throw new DicomNetworkException(DicomNetworkException.Kind.STOPPED, "a file cannot be sent", e);
        }
    }

    private boolean answered(Outgoing file, Status status) {
        switch (Verdict.of(status)) {
            case CONFIRMED -> confirm(file, status);
            case REFUSED -> park(file.file(), Category.PACS_REJECTED, "the PACS answered " + status);
            case LATER -> {
                later(file.file(), Category.PACS_UNAVAILABLE, "the PACS answered " + status);
                post.gate.down("it answered " + status);
                ending = true;
                return false;
            }
        }
        return true;
    }

    private void confirm(Outgoing file, Status status) {
        if (status.isWarning()) {
            LOG.info("instance {}: the PACS has stored it with {}", file.file().sopInstance(), status);
        }
        if (confirmed.isEmpty()) {
            firstConfirmedNanos = System.nanoTime();
        }
        confirmed.add(file.file());
        confirmedInAll++;
        post.counters.countConfirmed(file.bytes());
        post.gate.up();
        long age = System.nanoTime() - firstConfirmedNanos;
        if (confirmed.size() >= CONFIRMED_MAX || age > CONFIRMED_AGE_MAX.toNanos()) {
            settle();
        }
    }

    /** The row goes first, then the file: of what was not recorded, the PACS gets it once more. */
    private void settle() {
        if (confirmed.isEmpty()) {
            return;
        }
        List<WaitingFile> all = List.copyOf(confirmed);
        confirmed.clear();
        post.forwards.confirmed(all, post.options.drop());
        if (post.options.drop()) {
            post.removal.accept(all.stream().map(WaitingFile::path).toList());
        }
    }

    /** What came meanwhile; empty: nothing for a while, or something that needs another association. */
    private List<Outgoing> more() throws InterruptedException {
        long end = System.nanoTime() + post.options.releaseAfter().toNanos();
        while (!post.stopping.getAsBoolean()) {
            long seen = post.forwards.changes();
            List<Outgoing> files = take();
            List<Outgoing> fitting = files.stream()
                    .filter(file -> contexts.contains(file.proposal()))
                    .toList();
            ending = fitting.size() < files.size();
            long left = end - System.nanoTime();
            if (!held.isEmpty() || left <= 0) { // of what was taken, all may be unreadable
                return fitting;
            }
            post.forwards.awaitChange(seen, Duration.ofNanos(left));
        }
        return List.of();
    }

    private List<Outgoing> take() {
        post.desk.giveBack(held);
        held.clear();
        held.addAll(post.desk.take(FILES_MAX));
        if (!held.isEmpty() && !Files.isDirectory(post.root.resolve("incoming"))) {
            post.gate.down("the folder of the instances is not there; is it mounted?");
            return List.of();
        }
        List<Outgoing> files = new ArrayList<>();
        held.forEach(file -> look(file, files));
        return files;
    }

    private void look(WaitingFile file, Collection<Outgoing> found) {
        try {
            found.add(Outgoing.of(file, post.root));
        } catch (IOException e) {
            unreadable(file, e);
        }
    }

    private void unreadable(WaitingFile file, IOException e) {
        if (e instanceof NoSuchFileException) {
            park(file, Category.OUT_OF_RESOURCES, "the file is not there");
        } else if (e instanceof MalformedDataException) {
            park(file, Category.MALFORMED_DATA, "the file is not what was kept: " + e.getMessage());
        } else {
            later(file, Category.OUT_OF_RESOURCES, "the file cannot be read: " + FileReason.of(e));
        }
    }

    private void failed(WaitingFile file, RuntimeException e) {
        StackTraceElement[] trace = e.getStackTrace();
        String place = e.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
        if (file.attempts() + 1 < BUG_ATTEMPTS_MAX) {
            later(file, Category.BUG, place);
        } else {
            park(file, Category.BUG, place);
        }
    }

    private void later(WaitingFile file, Category category, String why) {
        Duration delay = post.options.retryDelay().after(file.attempts() + 1, null, post.random);
        LOG.warn("instance {}: {} {}, again in {}", file.sopInstance(), category, why, delay);
        post.counters.countFailed(category);
        post.forwards.later(file, category, why, delay);
    }

    private void park(WaitingFile file, Category category, String why) {
        parked++;
        LOG.warn("instance {}: {} {}, not forwarded, parked", file.sopInstance(), category, why);
        post.counters.countFailed(category);
        post.forwards.park(file, category, why);
    }
}
