package io.portolan.cli;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.net.PortolanEngine;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * C-STORE as SCU (PS3.4 annex B) of many files to one peer, one association at a time. A file that fails is named, and the
 * others go on; a lost association is requested again.
 */
final class Sender {

    private static final int RECONNECTS_MAX = 3;

    private final Peer peer;
    private final String callingAe;
    private final Optional<Tls> tls;
    private final Progress progress;

    Sender(Peer peer, String callingAe, Optional<Tls> tls, Progress progress) {
        this.peer = peer;
        this.callingAe = callingAe;
        this.tls = tls;
        this.progress = progress;
    }

    void send(List<OutgoingFile> files) {
        for (List<OutgoingFile> batch : batches(files)) {
            sendBatch(batch);
        }
    }

    /** In their order, as many as have no more than 128 presentation contexts together (PS3.8 9.3.2.2). */
    private static List<List<OutgoingFile>> batches(List<OutgoingFile> files) {
        List<List<OutgoingFile>> batches = new ArrayList<>();
        Set<Proposal> contexts = new LinkedHashSet<>();
        List<OutgoingFile> batch = new ArrayList<>();
        for (OutgoingFile file : files) {
            if (contexts.size() == RequestOptions.CONTEXTS_MAX && !contexts.contains(proposal(file))) {
                batches.add(batch);
                batch = new ArrayList<>();
                contexts.clear();
            }
            contexts.add(proposal(file));
            batch.add(file);
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    private static Proposal proposal(OutgoingFile file) {
        return new Proposal(file.sopClass(), List.of(file.transferSyntax()));
    }

    /** After a lost association the rest goes over a new one; the file in doubt is sent again. */
    private void sendBatch(List<OutgoingFile> batch) {
        int next = 0;
        int lostInARow = 0;
        while (next < batch.size()) {
            int first = next;
            try (AssociationClient association = new PortolanEngine().request(options(batch))) {
                while (next < batch.size()) {
                    send(association, batch.get(next));
                    next++;
                }
                association.release();
            } catch (DicomNetworkException e) {
                lostInARow = next > first ? 0 : lostInARow + 1;
                boolean neverThere = progress.doneCount() == 0 && next == 0;
                if (neverThere || lostInARow > RECONNECTS_MAX) {
                    batch.subList(next, batch.size()).forEach(file -> fail(file, "not sent: " + peer.reason(e)));
                    return;
                }
            } catch (IOException e) {
                // the file, not the network; the association had to be aborted in the middle of it
                fail(batch.get(next), "not sent: cannot be read: " + FileReason.of(e));
                next++;
            }
        }
    }

    private RequestOptions options(List<OutgoingFile> batch) {
        Set<Proposal> proposals = new LinkedHashSet<>();
        batch.forEach(file -> proposals.add(proposal(file)));
        return new RequestOptions(
                peer.host(),
                peer.port(),
                peer.aeTitle(),
                callingAe,
                List.copyOf(proposals),
                NetworkLimits.DEFAULT,
                tls);
    }

    private void send(AssociationClient association, OutgoingFile file) throws IOException {
        Uid sopClass = file.sopClass();
        TransferSyntax syntax = file.transferSyntax();
        if (!association.accepted(sopClass).contains(syntax)) {
            fail(file, "refused: the peer takes no " + sopClass + " in " + syntax.name());
            return;
        }
        Status status;
        try (InputStream dataSet = file.openDataSet()) {
            status = association.store(sopClass, file.sopInstance(), syntax, dataSet);
        }
        if (!status.isStored()) {
            fail(file, "refused: " + status);
            return;
        }
        if (status.isWarning()) {
            progress.say(file.path() + ": stored with " + status);
        }
        progress.done(Files.size(file.path()) - file.dataSetPosition());
    }

    private void fail(OutgoingFile file, String reason) {
        progress.failed();
        progress.say(file.path() + ": " + reason);
    }
}
