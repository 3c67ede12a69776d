package io.portolan.gateway.sync;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.gateway.sync.SourceException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The associations with one archive that is asked over the DICOM network; whoever closes them ends what waits for it. */
final class DimseAssociations implements AutoCloseable {

    private final DicomEngine engine;
    private final DimseOptions options;
    private final Set<CompletableFuture<AssociationClient>> requested = new HashSet<>(); // guarded by itself
    private final Set<AssociationClient> established = new HashSet<>(); // guarded by requested
    private boolean closed; // guarded by requested

    DimseAssociations(DicomEngine engine, DimseOptions options) {
        this.engine = engine;
        this.options = options;
    }

    /** What to throw: when it was closed, that is why. */
    SourceException failed(String what, IOException e) throws InterruptedException {
        synchronized (requested) {
            requireOpen();
        }
        if (e instanceof SourceException failure) {
            return failure;
        }
        return e instanceof DicomNetworkException failure
                ? lost(failure)
                : new SourceException(Kind.UNAVAILABLE, what, e);
    }

    private SourceException lost(DicomNetworkException e) {
        String what = options.calledAe() + " at " + options.host() + ":" + options.port() + ": " + e.getMessage();
        String known = "; check called-ae, and that the archive knows " + options.callingAe()
                + " and lets it query and retrieve";
        return switch (e.kind()) {
            case REJECTED_PERMANENT, NOT_NEGOTIATED -> new SourceException(Kind.REFUSED, what + known, e);
            case PROTOCOL_VIOLATION -> new SourceException(Kind.MALFORMED, what, e);
            // Orthanc aborts where it does not know who asks.
            case ABORTED -> new SourceException(Kind.UNAVAILABLE, what + known, e);
            default -> new SourceException(Kind.UNAVAILABLE, what, e);
        };
    }

    RequestOptions request(Uid service, Collection<RequestOptions.Proposal> more) {
        List<RequestOptions.Proposal> proposals = new ArrayList<>();
        proposals.add(new RequestOptions.Proposal(
                service, List.of(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN)));
        proposals.addAll(more);
        return new RequestOptions(
                options.host(),
                options.port(),
                options.calledAe(),
                options.callingAe(),
                proposals,
                options.network(),
                options.tls());
    }

    /** An association that {@link DimseAssociations#close} stops. */
    final class Held implements AutoCloseable {

        final AssociationClient association;

        private Held(AssociationClient association) {
            this.association = association;
        }

        @Override
        public void close() {
            synchronized (requested) {
                established.remove(association);
            }
            association.close();
        }
    }

    /**
     * Requests an association, on a thread of its own: whoever waits for a peer that is silent cannot be woken. What comes when
     * nobody waits any more is aborted.
     */
    Held associate(RequestOptions request) throws IOException, InterruptedException {
        CompletableFuture<AssociationClient> asked = new CompletableFuture<>();
        Thread thread = new Thread(() -> request(request, asked), "dimse request");
        thread.setDaemon(true);
        synchronized (requested) {
            requireOpen();
            requested.add(asked);
        }
        thread.start();
        try {
            AssociationClient association = asked.get();
            synchronized (requested) {
                established.add(association);
                if (closed) {
                    association.stop();
                }
            }
            return new Held(association);
        } catch (InterruptedException e) {
            if (!asked.cancel(false) && !asked.isCompletedExceptionally()) {
                asked.join().close();
            }
            throw e;
        } catch (CancellationException e) {
            throw stopped();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            synchronized (requested) {
                requested.removeIf(one -> one == asked);
            }
        }
    }

    private void request(RequestOptions request, CompletableFuture<AssociationClient> told) {
        try {
            AssociationClient association = engine.request(request);
            if (!told.complete(association)) {
                association.close();
            }
        } catch (IOException | RuntimeException e) {
            told.completeExceptionally(e);
        }
    }

    private void requireOpen() throws InterruptedException {
        if (closed) {
            throw stopped();
        }
    }

    private static InterruptedException stopped() {
        return new InterruptedException("told to stop");
    }

    /** Has whoever waits for the archive end at once, and asks nothing any more. For any thread. */
    @Override
    public void close() {
        synchronized (requested) {
            closed = true;
            requested.forEach(asked -> asked.cancel(false));
            established.forEach(AssociationClient::stop);
        }
    }
}
