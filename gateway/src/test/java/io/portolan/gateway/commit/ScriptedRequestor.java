package io.portolan.gateway.commit;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomEngine;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.FindMatches;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.HeaderReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who asked for storage commitment, and takes reports as a test says. */
final class ScriptedRequestor implements DicomEngine {

    /** What came over each association that it accepted. */
    final List<RequestOptions> associations = new CopyOnWriteArrayList<>();

    final List<CommitmentReport> reports = new CopyOnWriteArrayList<>();

    /** Null: it is there. */
    volatile @Nullable Kind away;

    /** Null: it answers. */
    volatile @Nullable Kind lost;

    volatile Status answer = Status.SUCCESS;

    volatile int attempts;

    @Override
    public synchronized AssociationClient request(RequestOptions options) throws IOException {
        attempts++;
        Kind kind = away;
        if (kind != null) {
            throw new DicomNetworkException(kind, "away");
        }
        associations.add(options);
        return new Association();
    }

    private final class Association implements AssociationClient {

        @Override
        public Status report(CommitmentReport report) throws IOException {
            Kind kind = lost;
            if (kind != null) {
                throw new DicomNetworkException(kind, "lost");
            }
            reports.add(report);
            return answer;
        }

        @Override
        public List<TransferSyntax> accepted(Uid sopClass) {
            return sopClass.equals(SopClass.STORAGE_COMMITMENT_PUSH)
                    ? List.of(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)
                    : List.of();
        }

        @Override
        public Status echo() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Status store(Uid sopClass, Uid sopInstance, TransferSyntax transferSyntax, InputStream dataSet) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Status find(
                Uid sopClass, DataSet identifier, Selection selection, ReadLimits limits, FindMatches matches) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Retrieved get(Uid sopClass, DataSet identifier, StoreScp store) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Retrieved move(Uid sopClass, DataSet identifier, String destinationAe) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release() {}

        @Override
        public void stop() {}

        @Override
        public void close() {}
    }

    @Override
    public HeaderReader read(InputStream in, Selection selection, ReadLimits limits) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HeaderReader readDataSet(
            InputStream in, TransferSyntax transferSyntax, Selection selection, ReadLimits limits) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AssociationServer serve(ServerOptions options, StoreScp store, Optional<CommitmentScp> commitment) {
        throw new UnsupportedOperationException();
    }
}
