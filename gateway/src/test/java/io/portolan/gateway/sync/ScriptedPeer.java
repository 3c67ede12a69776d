package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.FindMatches;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.PortolanEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** An archive that C-FIND tells nothing, and that sends by C-GET what it has in the syntax in which it has it. */
final class ScriptedPeer implements DicomEngine {

    /** An instance that it has, and in what syntax. */
    record Kept(DataSet instance, TransferSyntax syntax) {}

    final List<Kept> kept = new ArrayList<>();

    /** The contexts of each association for C-GET. */
    final List<List<RequestOptions.Proposal>> got = new ArrayList<>();

    Callable<Status> finding = () -> Status.SUCCESS;
    Runnable stopped = () -> {};

    private final DicomEngine real = new PortolanEngine();

    @Override
    public HeaderReader read(InputStream in, Selection selection, ReadLimits limits) throws IOException {
        return real.read(in, selection, limits);
    }

    @Override
    public HeaderReader readDataSet(InputStream in, TransferSyntax syntax, Selection selection, ReadLimits limits)
            throws IOException {
        return real.readDataSet(in, syntax, selection, limits);
    }

    @Override
    public AssociationServer serve(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AssociationClient request(RequestOptions options) {
        return new Peer(options);
    }

    private final class Peer implements AssociationClient {

        private final RequestOptions options;

        Peer(RequestOptions options) {
            this.options = options;
        }

        @Override
        public Status find(
                Uid sopClass, DataSet identifier, Selection selection, ReadLimits limits, FindMatches matches)
                throws IOException {
            try {
                return finding.call();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }

        @Override
        public Retrieved get(Uid sopClass, DataSet identifier, StoreScp store) throws IOException {
            got.add(options.contexts());
            int completed = 0;
            for (Kept one : kept) {
                if (sent(one, store)) {
                    completed++;
                }
            }
            int failed = kept.size() - completed;
            return new Retrieved(failed == 0 ? Status.SUCCESS : Status.SUB_OPERATIONS_FAILED, completed, failed, 0, 0);
        }

        private boolean sent(Kept one, StoreScp store) throws IOException {
            Uid sopClass = one.instance.uid(Attribute.SOPClassUID).orElseThrow();
            // A peer accepts the first syntax of a context, and what it has uncompressed it sends in any such.
            boolean agreed = options.contexts().stream()
                    .filter(context -> context.asScp() && context.sopClass().equals(sopClass))
                    .map(context -> context.transferSyntaxes().get(0))
                    .anyMatch(syntax ->
                            syntax.equals(one.syntax) || !one.syntax.encapsulated() && !syntax.encapsulated());
            if (!agreed) {
                return false;
            }
            StoreRequest request = new StoreRequest(
                    "ARCHIVE",
                    "PORTOLAN",
                    InetSocketAddress.createUnresolved("archive", 104),
                    0,
                    sopClass,
                    one.instance.uid(Attribute.SOPInstanceUID).orElseThrow(),
                    TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
            byte[] bytes = DataSetWriter.toBytes(one.instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
            try {
                return store.store(request, new ByteArrayInputStream(bytes)).isSuccess();
            } catch (RuntimeException e) { // what the engine makes of it
                return false;
            }
        }

        @Override
        public Status report(CommitmentReport report) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<TransferSyntax> accepted(Uid sopClass) {
            return List.of(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        }

        @Override
        public Status echo() {
            return Status.SUCCESS;
        }

        @Override
        public Status store(Uid sopClass, Uid sopInstance, TransferSyntax syntax, InputStream dataSet) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Retrieved move(Uid sopClass, DataSet identifier, String destinationAe) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release() {}

        @Override
        public void stop() {
            stopped.run();
        }

        @Override
        public void close() {}
    }
}
