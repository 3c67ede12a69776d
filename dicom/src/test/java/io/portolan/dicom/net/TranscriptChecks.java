package io.portolan.dicom.net;

import static io.portolan.dicom.net.Wire.require;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.CommitmentRequest;
import io.portolan.dicom.engine.CommitmentScp;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a peer sends on one connection, to an acceptor and to a requestor, whole: it ends, with the connection closed, no error
 * but those that are documented, and nothing written that is not as it should be.
 */
final class TranscriptChecks {

    static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    static final Uid MR = new Uid("1.2.840.10008.5.1.4.1.1.4");

    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 104);
    private static final Uid INSTANCE = new Uid("1.2.3.7");
    private static final TransferSyntax IMPLICIT = TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN;
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;

    private static final Duration ENOUGH = Duration.ofSeconds(60);
    private static final NetworkLimits LIMITS =
            NetworkLimits.DEFAULT.withBytesPerSecondMin(0).withTimeouts(ENOUGH, ENOUGH, ENOUGH, ENOUGH);

    private static final ServerOptions SERVER = ServerOptions.of("PORTOLAN", 0).withLimits(LIMITS);

    private static final RequestOptions REQUEST = RequestOptions.echo("localhost", 104, "ARCHIVE", "PORTOLAN")
            .propose(SopClass.STUDY_ROOT_FIND, IMPLICIT, EXPLICIT)
            .propose(SopClass.STUDY_ROOT_GET, IMPLICIT, EXPLICIT)
            .propose(SopClass.STUDY_ROOT_MOVE, IMPLICIT)
            .proposeAsScp(CT, EXPLICIT)
            .propose(MR, EXPLICIT)
            .proposeAsScp(SopClass.STORAGE_COMMITMENT_PUSH, IMPLICIT, EXPLICIT)
            .withLimits(LIMITS);

    /** (0008,0052) CS STUDY, (0010,0010) PN, (0020,000D) UI. */
    private static final DataSet IDENTIFIER = DataSet.builder()
            .add(Element.of(0x0008_0052, Vr.CS, "STUDY".getBytes(StandardCharsets.US_ASCII)))
            .add(Attribute.PatientName)
            .add(Attribute.StudyInstanceUID)
            .build();

    private static final CommitmentReport REPORT =
            new CommitmentReport(new Uid("1.2.3.99"), List.of(new SopReference(CT, INSTANCE)), List.of());

    /** Several fragments for a peer that takes little. */
    private static final int STORED_BYTES = 300;

    /** Each request that a peer may make is longer than a thirtieth of what is written for it. */
    private static final int WRITTEN_PER_SENT_BYTE_MAX = 30;

    private static final int WRITTEN_BYTES_MAX = 64 * 1024;
    private static final int INSTANCES_MAX = 16;
    private static final int MATCHES_MAX = 3;

    private TranscriptChecks() {}

    static void acceptor(byte[] sent) {
        for (MemorySocket.Peer peer : MemorySocket.Peer.values()) {
            acceptor(sent, peer);
        }
    }

    /** What the acceptor wrote. */
    static byte[] acceptor(byte[] sent, MemorySocket.Peer peer) {
        MemorySocket socket = new MemorySocket(sent, peer);
        try {
            accept(socket);
        } catch (IOException e) {
            throw new AssertionError("a connection that has just begun fails", e);
        }
        return ended(socket, sent);
    }

    private static void accept(MemorySocket socket) throws IOException {
        Connection connection = new Connection(socket, PEER);
        Admission<Connection> admission = new Admission<>(LIMITS.connections());
        admission.connected(connection);
        Commitments commitments = new Commitments();
        new Scp(
                        Association.accepted(socket, LIMITS),
                        connection,
                        "without TLS",
                        SERVER,
                        TranscriptChecks::keep,
                        Optional.of(commitments),
                        admission)
                .run();
        admission.disconnected(connection);
        require(admission.open() == 0, "an association is counted that has ended");
        require(commitments.reported.isEmpty(), "a report was sent and is not settled");
    }

    static void requestor(byte[] sent) {
        for (MemorySocket.Peer peer : MemorySocket.Peer.values()) {
            requestor(sent, peer);
        }
    }

    /** What the requestor wrote. */
    static byte[] requestor(byte[] sent, MemorySocket.Peer peer) {
        MemorySocket socket = new MemorySocket(sent, peer);
        try {
            Association association = Association.opened(socket, LIMITS);
            try (Scu client = Scu.request(REQUEST, PEER, association)) {
                useAll(client);
            }
        } catch (DicomNetworkException e) {
            // there was no association
        } catch (IOException e) {
            throw new AssertionError("an error of another kind than is documented", e);
        }
        return ended(socket, sent);
    }

    private interface Operation {
        void perform() throws IOException;
    }

    private static void useAll(Scu client) throws IOException {
        ByteArrayInputStream stored = new ByteArrayInputStream(new byte[STORED_BYTES]);
        Selection keys = Selection.keysOf(IDENTIFIER);
        List<DataSet> matches = new ArrayList<>();
        List<Operation> operations = List.of(
                client::echo,
                () -> client.store(MR, INSTANCE, EXPLICIT, stored),
                () -> client.find(SopClass.STUDY_ROOT_FIND, IDENTIFIER, keys, ReadLimits.DEFAULT, match -> {
                    matches.add(match);
                    return matches.size() < MATCHES_MAX;
                }),
                () -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, TranscriptChecks::keep),
                () -> client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "ELSEWHERE"),
                () -> client.report(REPORT),
                client::release);
        for (Operation operation : operations) {
            try {
                operation.perform();
            } catch (DicomNetworkException e) {
                require(e.getMessage() != null, "an error without words");
            }
        }
    }

    private static byte[] ended(MemorySocket socket, byte[] sent) {
        byte[] written = socket.received();
        require(socket.isClosed(), "the connection is left open");
        require(
                written.length <= WRITTEN_BYTES_MAX + WRITTEN_PER_SENT_BYTE_MAX * (long) sent.length,
                written.length + " bytes were written to who sent " + sent.length);
        Wire.check(written, sent);
        return written;
    }

    /** Reads on in one of the ways there are, as the instance says; the odd ones fail. */
    private static Status keep(StoreRequest request, InputStream dataSet) throws IOException {
        switch (request.sopInstance().value().length() % 4) {
            case 0 -> dataSet.transferTo(OutputStream.nullOutputStream());
            case 1 -> read(request, dataSet);
            case 2 -> dataSet.readNBytes(10);
            default -> throw new IllegalStateException("as a handler may");
        }
        return Status.SUCCESS;
    }

    private static void read(StoreRequest request, InputStream dataSet) throws IOException {
        try (DicomReader reader =
                DicomReader.ofDataSet(dataSet, request.transferSyntax(), Selection.MAPPED, ReadLimits.DEFAULT)) {
            reader.readHeader();
            reader.verifyToEnd();
        } catch (MalformedDataException e) {
            // no data set
        }
    }

    /** Takes every request; knows the report when it is asked again. */
    private static final class Commitments implements CommitmentScp {

        private final Map<CommitmentRequest.Id, CommitmentRequest> taken = new HashMap<>();
        private final Set<CommitmentRequest.Id> asked = new HashSet<>();
        private final Set<CommitmentRequest.Id> reported = new HashSet<>();

        @Override
        public int instancesMax() {
            return INSTANCES_MAX;
        }

        @Override
        public Status request(CommitmentRequest request) {
            taken.put(request.id(), request);
            return Status.SUCCESS;
        }

        @Override
        public Optional<CommitmentReport> report(CommitmentRequest.Id request) {
            if (asked.add(request)) {
                return Optional.empty();
            }
            reported.add(request);
            CommitmentRequest one = Objects.requireNonNull(taken.get(request), "what was not asked for is reported");
            return Optional.of(new CommitmentReport(one.transaction(), one.instances(), List.of()));
        }

        @Override
        public void settle(CommitmentRequest.Id request, Optional<Status> answer) {
            require(reported.remove(request), "what was not reported is settled");
        }
    }
}
