package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.FindMatches;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.engine.StoreScp;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The SCU of Query/Retrieve, byte by byte, against a peer that does what it likes. */
class QueryRetrieveTest {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final Uid MR = new Uid("1.2.840.10008.5.1.4.1.1.4");
    private static final Uid INSTANCE = new Uid("1.2.3.7");
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final TransferSyntax IMPLICIT = TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN;

    // presentation-context-IDs in the order of options()
    private static final int FIND = 3;
    private static final int GET = 5;
    private static final int MOVE = 7;
    private static final int CT_AS_SCP = 9;
    private static final int MR_AS_SCU = 11;

    private static final int PENDING = 0xFF00;
    private static final int QUERY_RETRIEVE_LEVEL = 0x0008_0052;

    /** (0008,0052) CS STUDY, (0010,0010) PN, (0020,000D) UI. */
    private static final DataSet IDENTIFIER = DataSet.builder(CharacterSet.UTF_8)
            .add(Element.of(QUERY_RETRIEVE_LEVEL, Vr.CS, ascii("STUDY")))
            .add(Attribute.PatientName)
            .add(Attribute.StudyInstanceUID)
            .build();

    private final ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final ExecutorService clients = Executors.newSingleThreadExecutor();
    private final List<DataSet> matches = new CopyOnWriteArrayList<>();
    private final List<StoreRequest> stored = new CopyOnWriteArrayList<>();
    private final List<String> storedData = new CopyOnWriteArrayList<>();

    QueryRetrieveTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        clients.shutdownNow();
        listening.close();
    }

    // ---- C-FIND

    @Test
    void handsOnPendingAnswersUntilSuccess() throws Exception {
        Future<Status> status = client(client -> find(client, this::keep));
        try (ScriptedPeer peer = accepted()) {
            peer.expect(ScriptedPeer.pData(FIND, 3, hex("""
                            0000 0000 04000000 4c000000  # group length
                            0000 0200 1c000000 312e322e3834302e31303030382e352e312e342e312e322e322e3100
                            0000 0001 02000000 2000      # C-FIND-RQ
                            0000 1001 02000000 0100      # message 1
                            0000 0007 02000000 0000      # medium priority
                            0000 0008 02000000 0000      # with a data set
                            """)));
            peer.expect(ScriptedPeer.pData(FIND, 2, hex("""
                            0800 5200 06000000 535455445920
                            1000 1000 00000000
                            2000 0d00 00000000
                            """)));
            answer(peer, 1, PENDING, "A^B");
            answer(peer, 1, 0xFF01, "C^D");
            peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 1, 0));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(Status.SUCCESS);
        assertThat(matches)
                .extracting(match -> match.string(Attribute.PatientName).orElseThrow())
                .containsExactly("A^B", "C^D");
        // without a VR on the wire, the one of the query counts
        assertThat(matches.get(0).strings(QUERY_RETRIEVE_LEVEL)).containsExactly("STUDY");
        assertThat(matches.get(0).find(0x0010_0020)).as("was not asked for").isNull();
    }

    @Test
    void writesAndReadsIdentifiersInTheSyntaxThatThePeerChose() throws Exception {
        Future<Status> status = client(client -> find(client, this::keep));
        try (ScriptedPeer peer = ScriptedPeer.accept(listening)
                .expectType(AssociateRq.TYPE)
                .send(acceptance(EXPLICIT, List.of(role(false, true))))) {
            peer.expectType(4).expect(ScriptedPeer.pData(FIND, 2, DataSetWriter.toBytes(IDENTIFIER, EXPLICIT)));
            peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 1, PENDING, true))
                    .sendValue(FIND, 2, DataSetWriter.toBytes(match("A^B"), EXPLICIT))
                    .sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 1, 0));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(Status.SUCCESS);
        assertThat(matches).hasSize(1);
    }

    @Test
    void givesAFailureAsItIsAndGoesOn() throws Exception {
        Future<Status> status = client(client -> {
            assertThat(find(client, this::keep)).isEqualTo(new Status(0xA900));
            return find(client, this::keep);
        });
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4);
            // a final answer has no identifier, but some send one
            peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 1, 0xA900, true))
                    .sendValue(FIND, 2, ascii("no data set at all"));
            peer.expectType(4).expectType(4);
            peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 2, 0xC001));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(new Status(0xC001));
        assertThat(matches).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0xFE00, 0x0000})
    void cancelsOnceWhenItHasEnough(int last) throws Exception {
        Future<Status> status = client(client -> find(client, match -> {
            matches.add(match);
            return false;
        }));
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4);
            answer(peer, 1, PENDING, "A^B");
            peer.expect(ScriptedPeer.pData(FIND, 3, hex("""
                            0000 0000 04000000 1e000000
                            0000 0001 02000000 ff0f      # C-CANCEL-RQ
                            0000 2001 02000000 0100      # of message 1
                            0000 0008 02000000 0101      # without a data set
                            """)));
            answer(peer, 1, PENDING, "C^D");
            answer(peer, 1, PENDING, "E^F");
            peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 1, last));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(new Status(last));
        assertThat(matches).hasSize(1);
    }

    @Test
    void abortsAPeerThatNeverStopsAnswering() throws Exception {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        byte[] identifier = DataSetWriter.toBytes(match(""), IMPLICIT);
        for (int i = 0; i < 1000; i++) {
            answers.writeBytes(ScriptedPeer.pData(FIND, 3, response(CommandSet.C_FIND_RQ, 1, PENDING, true)));
            answers.writeBytes(ScriptedPeer.pData(FIND, 2, identifier));
        }
        assertThat(failure(client -> find(client, match -> false), peer -> {
                    peer.expectType(4).expectType(4);
                    answer(peer, 1, PENDING, "");
                    peer.expectType(4);
                    for (int sent = 0; sent <= QueryRetrieve.ANSWERS_AFTER_CANCEL_MAX; sent += 1000) {
                        peer.send(answers.toByteArray());
                    }
                }))
                .hasMessage("PROTOCOL_VIOLATION: more than 100000 answers after C-CANCEL-RQ");
    }

    @Test
    void takesAnswersInFragmentsOfEverySize() throws Exception {
        byte[] command = response(CommandSet.C_FIND_RQ, 1, PENDING, true);
        byte[] identifier = DataSetWriter.toBytes(match("A^B"), IMPLICIT);
        Future<Status> status = client(client -> find(client, this::keep));
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4);
            for (int size : new int[] {1, 2, 3, 7, 31}) {
                sendInFragments(peer, 1, command, size);
                sendInFragments(peer, 0, identifier, size);
            }
            // all in one PDU
            byte[] first = Arrays.copyOfRange(ScriptedPeer.pData(FIND, 3, command), 6, command.length + 12);
            byte[] second = Arrays.copyOfRange(ScriptedPeer.pData(FIND, 2, identifier), 6, identifier.length + 12);
            peer.send(ByteBuffer.allocate(6 + first.length + second.length)
                    .putShort((short) 0x0400)
                    .putInt(first.length + second.length)
                    .put(first)
                    .put(second)
                    .array());
            peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, 1, 0));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(Status.SUCCESS);
        assertThat(matches).hasSize(6).allMatch(match -> match.equals(matches.get(0)));
    }

    @Test
    void abortsOnAPendingAnswerWithoutIdentifier() throws Exception {
        assertThat(afterFind(response(CommandSet.C_FIND_RQ, 1, PENDING)))
                .hasMessage("PROTOCOL_VIOLATION: a pending C-FIND-RSP without an identifier");
    }

    @Test
    void abortsOnAnIdentifierThatCannotBeReadAndShowsNothingOfIt() throws Exception {
        byte[] whole = DataSetWriter.toBytes(match("Distinctive^Name"), IMPLICIT);
        for (int length : new int[] {1, 7, 20, whole.length - 1}) {
            assertThat(afterFind(response(CommandSet.C_FIND_RQ, 1, PENDING, true), Arrays.copyOf(whole, length)))
                    .hasMessageContaining("PROTOCOL_VIOLATION: a C-FIND-RSP has an identifier that cannot be read: ")
                    .hasMessageNotContaining("Distinctive");
        }
    }

    @Test
    void abortsOnAnIdentifierThatIsBrokenBehindWhatWasAskedFor() throws Exception {
        byte[] whole = DataSetWriter.toBytes(match("A^B"), IMPLICIT);
        byte[] more = Arrays.copyOf(whole, whole.length + 8);
        System.arraycopy(hex("4000 0100 ff000000"), 0, more, whole.length, 8);
        assertThat(afterFind(response(CommandSet.C_FIND_RQ, 1, PENDING, true), more))
                .hasMessageContaining("PROTOCOL_VIOLATION: a C-FIND-RSP has an identifier that cannot be read: ");
        assertThat(matches).isEmpty();
    }

    @Test
    void abortsOnAnIdentifierAboveItsLimits() throws Exception {
        assertThat(afterFind(
                        response(CommandSet.C_FIND_RQ, 1, PENDING, true),
                        DataSetWriter.toBytes(match("x".repeat(10_001)), IMPLICIT)))
                .hasMessageContaining("PROTOCOL_VIOLATION: a C-FIND-RSP has an identifier that cannot be read: ");
    }

    @Test
    void abortsWhenTheMatchesCannotBeTaken() throws Exception {
        for (Exception thrown : List.of(new IOException("disk full"), new IllegalStateException("disk full"))) {
            Future<Throwable> failure = failing(client -> {
                assertThatThrownBy(() -> find(client, match -> {
                            if (thrown instanceof IOException e) {
                                throw e;
                            }
                            throw (RuntimeException) thrown;
                        }))
                        .isSameAs(thrown);
                return client.echo();
            });
            try (ScriptedPeer peer = accepted()) {
                peer.expectType(4).expectType(4);
                answer(peer, 1, PENDING, "A^B");
                peer.expect(new Abort(0, 0));
            }
            assertThat(get(failure)).hasMessage("STOPPED: the association is over");
        }
    }

    // ---- what holds for all three

    private enum Operation {
        C_FIND(FIND, CommandSet.C_FIND_RQ),
        C_GET(GET, CommandSet.C_GET_RQ),
        C_MOVE(MOVE, CommandSet.C_MOVE_RQ);

        private final int context;
        private final int commandField;

        Operation(int context, int commandField) {
            this.context = context;
            this.commandField = commandField;
        }
    }

    private Object perform(Operation operation, AssociationClient client) throws IOException {
        return switch (operation) {
            case C_FIND -> find(client, this::keep);
            case C_GET -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, this::store);
            case C_MOVE -> client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "STORE");
        };
    }

    @ParameterizedTest
    @EnumSource
    void abortsASilentPeer(Operation operation) throws Exception {
        assertThat(failure(
                        client -> perform(operation, client),
                        peer -> peer.expectType(4).expectType(4).expect(new Abort(0, 0))))
                .hasMessageStartingWith("TIMEOUT: the peer is silent");
    }

    @ParameterizedTest
    @EnumSource
    void abortsOnAnAnswerThatWasNotAskedFor(Operation operation) throws Exception {
        int commandField = operation.commandField;
        int another = operation == Operation.C_MOVE ? CommandSet.C_FIND_RQ : CommandSet.C_MOVE_RQ;
        List<byte[]> answers = List.of(
                ScriptedPeer.pData(operation.context, 3, response(commandField, 2, 0)),
                ScriptedPeer.pData(operation.context, 3, response(commandField, 2, PENDING)),
                ScriptedPeer.pData(operation.context, 3, response(another, 1, 0)),
                ScriptedPeer.pData(1, 3, response(commandField, 1, 0)),
                ScriptedPeer.pData(
                        operation.context, 3, CommandSet.echoRequest(1).bytes()));
        for (byte[] answer : answers) {
            assertThat(failure(
                            client -> perform(operation, client),
                            peer -> peer.expectType(4)
                                    .expectType(4)
                                    .send(answer)
                                    .expect(new Abort(0, 0))))
                    .hasMessageStartingWith("PROTOCOL_VIOLATION: ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortsOnAnAnswerWithoutStatus(Operation operation) throws Exception {
        byte[] answer = command(0x0100, operation.commandField | 0x8000, 0x0120, 1, 0x0800, 0x0101);
        assertThat(failure(
                        client -> perform(operation, client),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .sendValue(operation.context, 3, answer)
                                .expect(new Abort(0, 0))))
                .hasMessage("PROTOCOL_VIOLATION: the command set has no valid (0000,0900)");
    }

    @ParameterizedTest
    @EnumSource
    void noticesThatThePeerReleasesOrHangsUp(Operation operation) throws Exception {
        assertThat(failure(
                        client -> perform(operation, client),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .send(new ReleaseRq())
                                .expect(new ReleaseRp())))
                .hasMessage("DISCONNECTED: the peer released the association instead of answering");
        assertThat(failure(
                        client -> perform(operation, client),
                        peer -> peer.expectType(4).expectType(4).hangUp()))
                .hasMessageStartingWith("DISCONNECTED: ");
    }

    @ParameterizedTest
    @EnumSource
    void isStoppedByAnotherThreadWhileThePeerTakesItsTime(Operation operation) throws Exception {
        CompletableFuture<AssociationClient> running = new CompletableFuture<>();
        assertThat(failure(
                        client -> {
                            running.complete(client);
                            return perform(operation, client);
                        },
                        peer -> {
                            peer.expectType(4).expectType(4);
                            running.get(20, TimeUnit.SECONDS).stop();
                            peer.expect(new Abort(0, 0));
                        }))
                .hasMessage("STOPPED: this side is stopping");
    }

    @Test
    void asksForNothingThatWasNotNegotiatedAndGoesOn() throws Exception {
        Uid patientRoot = new Uid("1.2.840.10008.5.1.4.1.2.1.1");
        Future<Status> status = client(client -> {
            for (ThrowingUse use : List.<ThrowingUse>of(
                    c -> c.find(patientRoot, IDENTIFIER, Selection.MAPPED, ReadLimits.DEFAULT, this::keep),
                    c -> c.get(patientRoot, IDENTIFIER, this::store),
                    c -> c.move(patientRoot, IDENTIFIER, "STORE"),
                    c -> c.get(CT, IDENTIFIER, this::store))) {
                assertThat(catchThrowableOfType(DicomNetworkException.class, () -> use.of(client))
                                .kind())
                        .isEqualTo(Kind.NOT_NEGOTIATED);
            }
            assertThatThrownBy(() -> client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "SEVENTEEN LETTERS"))
                    .isInstanceOf(IllegalArgumentException.class);
            return client.echo();
        });
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).sendValue(1, 3, response(CommandSet.C_ECHO_RQ, 1, 0));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(Status.SUCCESS);
    }

    // ---- C-GET

    @Test
    void proposesTheRolesForWhichItIsAsked() throws Exception {
        Future<Throwable> failure = failing(client -> client);
        try (ScriptedPeer peer = ScriptedPeer.accept(listening)) {
            peer.expect(new AssociateRq(
                            1,
                            "ARCHIVE",
                            "PORTOLAN",
                            "1.2.840.10008.3.1.1.1",
                            List.of(
                                    proposed(1, SopClass.VERIFICATION, IMPLICIT),
                                    proposed(FIND, SopClass.STUDY_ROOT_FIND, IMPLICIT, EXPLICIT),
                                    proposed(GET, SopClass.STUDY_ROOT_GET, IMPLICIT),
                                    proposed(MOVE, SopClass.STUDY_ROOT_MOVE, IMPLICIT),
                                    proposed(CT_AS_SCP, CT, EXPLICIT),
                                    proposed(MR_AS_SCU, MR, EXPLICIT)),
                            UserInformation.ours(128 * 1024, List.of(role(false, true)))))
                    .hangUp();
        }
        assertThat(get(failure)).hasMessageStartingWith("DISCONNECTED");
    }

    @Test
    void hasOneRoleForAClass() {
        RequestOptions options = options().proposeAsScp(CT, IMPLICIT);
        assertThatThrownBy(() -> options.propose(CT, IMPLICIT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a SOP class has one role on an association");
    }

    @Test
    void takesInstancesBetweenTheAnswersOfTheGet() throws Exception {
        Future<Retrieved> retrieved = client(client -> {
            assertThat(client.accepted(CT)).containsExactly(EXPLICIT);
            Retrieved result = client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, this::store);
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            return result;
        });
        try (ScriptedPeer peer = accepted()) {
            CommandSet request = peer.expectCommand();
            assertThat(request.commandField()).isEqualTo(CommandSet.C_GET_RQ);
            assertThat(request.affectedSopClass()).contains(SopClass.STUDY_ROOT_GET);
            peer.expect(ScriptedPeer.pData(GET, 2, DataSetWriter.toBytes(IDENTIFIER, IMPLICIT)));
            CommandSet first = CommandSet.storeRequest(77, CT, INSTANCE);
            peer.sendValue(CT_AS_SCP, 3, first.bytes())
                    .sendValue(CT_AS_SCP, 0, ascii("abc"))
                    .sendValue(CT_AS_SCP, 2, ascii("def"));
            peer.expect(ScriptedPeer.pData(
                    CT_AS_SCP, 3, first.response(Status.ELEMENTS_DISCARDED).bytes()));
            peer.sendValue(GET, 3, response(CommandSet.C_GET_RQ, 1, PENDING, false, 1, 1, 0, 0));
            CommandSet second = CommandSet.storeRequest(1, CT, new Uid("1.2.3.8"));
            peer.sendValue(CT_AS_SCP, 1, Arrays.copyOf(second.bytes(), 30))
                    .sendValue(CT_AS_SCP, 3, Arrays.copyOfRange(second.bytes(), 30, second.bytes().length))
                    .sendValue(CT_AS_SCP, 2, ascii("ghi"));
            peer.expect(ScriptedPeer.pData(
                    CT_AS_SCP, 3, second.response(Status.ELEMENTS_DISCARDED).bytes()));
            peer.sendValue(GET, 3, response(CommandSet.C_GET_RQ, 1, 0xB000, true, 0, 5, 3, 2))
                    .sendValue(GET, 2, ascii("a list of what has failed"));
            peer.expectType(4).sendValue(1, 3, response(CommandSet.C_ECHO_RQ, 2, 0));
            released(peer);
        }
        assertThat(get(retrieved)).isEqualTo(new Retrieved(Status.SUB_OPERATIONS_FAILED, 5, 3, 2, 0));
        assertThat(storedData).containsExactly("abcdef", "ghi");
        assertThat(stored)
                .extracting(StoreRequest::callingAe, StoreRequest::calledAe, StoreRequest::association)
                .containsOnly(org.assertj.core.groups.Tuple.tuple("ARCHIVE", "PORTOLAN", 0L));
        StoreRequest request = stored.get(0);
        assertThat(request.peer().getPort()).isEqualTo(listening.getLocalPort());
        assertThat(request.sopClass()).isEqualTo(CT);
        assertThat(request.sopInstance()).isEqualTo(INSTANCE);
        assertThat(request.transferSyntax()).isEqualTo(EXPLICIT);
        assertThat(request.moveOriginator()).isEmpty();
    }

    @Test
    void drainsWhatIsNotReadAndAnswersForAStoreThatFails() throws Exception {
        byte[] large = new byte[100_000];
        Future<Retrieved> retrieved =
                client(client -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, (request, in) -> {
                    assertThat(in.readNBytes(10)).hasSize(10);
                    throw new IOException("Distinctive^Name");
                }));
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4);
            CommandSet store = CommandSet.storeRequest(2, CT, INSTANCE);
            peer.sendValue(CT_AS_SCP, 3, store.bytes())
                    .sendValue(CT_AS_SCP, 0, large)
                    .sendValue(CT_AS_SCP, 2, large);
            peer.expect(ScriptedPeer.pData(
                    CT_AS_SCP, 3, store.response(Status.PROCESSING_FAILURE).bytes()));
            peer.sendValue(GET, 3, response(CommandSet.C_GET_RQ, 1, 0xA702));
            released(peer);
        }
        assertThat(get(retrieved)).isEqualTo(new Retrieved(new Status(0xA702), 0, 0, 0, 0));
    }

    @Test
    void refusesASubOperationOfAnotherClassThanItsContextAndGoesOn() throws Exception {
        Future<Retrieved> retrieved = client(client -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, this::store));
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4);
            CommandSet store = CommandSet.storeRequest(2, MR, INSTANCE);
            peer.sendValue(CT_AS_SCP, 3, store.bytes()).sendValue(CT_AS_SCP, 2, ascii("abc"));
            peer.expect(ScriptedPeer.pData(
                    CT_AS_SCP, 3, store.response(Status.SOP_CLASS_NOT_SUPPORTED).bytes()));
            peer.sendValue(GET, 3, response(CommandSet.C_GET_RQ, 1, 0));
            released(peer);
        }
        assertThat(get(retrieved).status()).isEqualTo(Status.SUCCESS);
        assertThat(stored).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {MR_AS_SCU, GET, 1, 99})
    void abortsOnASubOperationWhereItIsNotTheScp(int context) throws Exception {
        assertThat(failure(
                        client -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, this::store),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .sendValue(
                                        context,
                                        3,
                                        CommandSet.storeRequest(2, MR, INSTANCE).bytes())
                                .expect(new Abort(0, 0))))
                .hasMessage("PROTOCOL_VIOLATION: C-STORE-RQ on a presentation context without the SCP role for this"
                        + " side");
        assertThat(stored).isEmpty();
    }

    @Test
    void doesNotSendWhereItIsTheScp() throws Exception {
        Future<Status> status = client(client -> {
            assertThat(catchThrowableOfType(
                                    DicomNetworkException.class,
                                    () -> client.store(CT, INSTANCE, EXPLICIT, new ByteArrayInputStream(new byte[2])))
                            .kind())
                    .isEqualTo(Kind.NOT_NEGOTIATED);
            return Status.SUCCESS;
        });
        try (ScriptedPeer peer = accepted()) {
            released(peer);
        }
        assertThat(get(status)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void saysWhetherAPeerWasSilentOrGoneWithinAnInstance() throws Exception {
        StoreScp reading = (request, in) -> {
            in.readAllBytes();
            return Status.SUCCESS;
        };
        byte[] store = CommandSet.storeRequest(2, CT, INSTANCE).bytes();
        assertThat(failure(
                        client -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, reading),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .sendValue(CT_AS_SCP, 3, store)
                                .sendValue(CT_AS_SCP, 0, ascii("abc"))
                                .expect(new Abort(0, 0))))
                .hasMessageStartingWith("TIMEOUT");
        assertThat(failure(
                        client -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, reading),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .sendValue(CT_AS_SCP, 3, store)
                                .sendValue(CT_AS_SCP, 0, ascii("abc"))
                                .hangUp()))
                .hasMessageStartingWith("DISCONNECTED");
    }

    @Test
    void abortsOnAResponseWithinAnInstance() throws Exception {
        assertThat(failure(
                        client -> client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, this::store),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .sendValue(
                                        CT_AS_SCP,
                                        3,
                                        CommandSet.storeRequest(2, CT, INSTANCE).bytes())
                                .sendValue(CT_AS_SCP, 0, ascii("abc"))
                                .sendValue(GET, 3, response(CommandSet.C_GET_RQ, 1, PENDING))
                                .expect(new Abort(0, 0))))
                .hasMessageStartingWith("PROTOCOL_VIOLATION");
    }

    @Test
    void hasNotAcceptedAClassWhoseRoleWasNot() throws Exception {
        for (List<RoleSelection> answer : List.of(
                List.<RoleSelection>of(),
                List.of(role(true, false)),
                List.of(role(true, true), role(true, false)),
                List.of(new RoleSelection(MR.value(), false, true)))) {
            Future<Throwable> failure = failing(client -> {
                assertThat(client.accepted(CT)).as("%s", answer).isEmpty();
                assertThat(client.accepted(MR)).containsExactly(EXPLICIT);
                return client.get(SopClass.STUDY_ROOT_GET, IDENTIFIER, this::store);
            });
            try (ScriptedPeer peer = ScriptedPeer.accept(listening)) {
                peer.expectType(AssociateRq.TYPE).send(acceptance(IMPLICIT, answer));
                peer.expectType(4)
                        .expectType(4)
                        .sendValue(
                                CT_AS_SCP,
                                3,
                                CommandSet.storeRequest(2, CT, INSTANCE).bytes())
                        .expect(new Abort(0, 0));
            }
            assertThat(get(failure)).hasMessageContaining("without the SCP role");
        }
    }

    /** The user information item of an A-ASSOCIATE-AC is its last; what is in it here is hostile or odd. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "54 00 0000                        | needs 2 bytes",
                "54 00 0001 00                     | needs 2 bytes",
                "54 00 0002 ffff                   | needs 65535 bytes",
                "54 00 0004 0003 312e              | needs 3 bytes",
                "54 00 0005 0003 312e32            | needs 2 bytes",
                "54 00 0006 0003 312e32 01         | needs 2 bytes",
                "54 00 ffff 0003 312e32 0001       | needs 65535 bytes",
            })
    void abortsOnARoleThatIsCutShort(String item, String why) throws Exception {
        Future<Throwable> failure = failing(client -> client);
        try (ScriptedPeer peer = ScriptedPeer.accept(listening)) {
            peer.expectType(AssociateRq.TYPE)
                    .send(withUserItem(hex(item)))
                    .expect(new Abort(2, Abort.INVALID_PDU_PARAMETER_VALUE));
        }
        assertThat(get(failure)).hasMessageStartingWith("PROTOCOL_VIOLATION: A-ASSOCIATE-AC item 0x54 " + why.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "54 00 0004 0000 00 01                # no class",
                "54 00 0007 0003 2e2e2e 00 01         # no UID",
                "54 00 0007 0003 ff0a00 ff ff         # neither text nor role",
            })
    void ignoresARoleOfNothing(String item) throws Exception {
        Future<Status> status = client(client -> {
            assertThat(client.accepted(CT)).isEmpty();
            return Status.SUCCESS;
        });
        try (ScriptedPeer peer = ScriptedPeer.accept(listening)) {
            peer.expectType(AssociateRq.TYPE).send(withUserItem(hex(item)));
            released(peer);
        }
        assertThat(get(status)).isEqualTo(Status.SUCCESS);
    }

    // ---- C-MOVE

    @Test
    void movesToADestinationAndCounts() throws Exception {
        Future<Retrieved> retrieved = client(client -> {
            Retrieved result = client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "STORE");
            assertThat(client.echo()).isEqualTo(Status.SUCCESS);
            return result;
        });
        try (ScriptedPeer peer = accepted()) {
            peer.expect(ScriptedPeer.pData(MOVE, 3, hex("""
                            0000 0000 04000000 5a000000
                            0000 0200 1c000000 312e322e3834302e31303030382e352e312e342e312e322e322e3200
                            0000 0001 02000000 2100      # C-MOVE-RQ
                            0000 1001 02000000 0100
                            0000 0006 06000000 53544f524520
                            0000 0007 02000000 0000
                            0000 0008 02000000 0000
                            """)));
            peer.expect(ScriptedPeer.pData(MOVE, 2, DataSetWriter.toBytes(IDENTIFIER, IMPLICIT)));
            peer.sendValue(MOVE, 3, response(CommandSet.C_MOVE_RQ, 1, PENDING, false, 2, 1, 0, 0))
                    .sendValue(MOVE, 3, response(CommandSet.C_MOVE_RQ, 1, PENDING, false, 1, 2, 0, 0))
                    .sendValue(MOVE, 3, response(CommandSet.C_MOVE_RQ, 1, 0xFE00, true, 4, 3, 2, 1))
                    .sendValue(MOVE, 2, ascii("a list of what has failed"));
            peer.expectType(4).sendValue(1, 3, response(CommandSet.C_ECHO_RQ, 2, 0));
            released(peer);
        }
        assertThat(get(retrieved)).isEqualTo(new Retrieved(Status.CANCEL, 3, 2, 1, 4));
    }

    @Test
    void saysThatADestinationIsUnknown() throws Exception {
        Future<Retrieved> retrieved = client(client -> client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "NOBODY"));
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4);
            peer.sendValue(MOVE, 3, response(CommandSet.C_MOVE_RQ, 1, 0xA801));
            released(peer);
        }
        assertThat(get(retrieved)).isEqualTo(new Retrieved(Status.MOVE_DESTINATION_UNKNOWN, 0, 0, 0, 0));
    }

    @Test
    void abortsOnANumberThatIsNone() throws Exception {
        byte[] empty = raw(CommandSet.C_MOVE_RQ, new byte[0]);
        Future<Retrieved> retrieved = client(client -> client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "STORE"));
        try (ScriptedPeer peer = accepted()) {
            peer.expectType(4).expectType(4).sendValue(MOVE, 3, empty);
            released(peer);
        }
        assertThat(get(retrieved)).isEqualTo(new Retrieved(Status.SUCCESS, 0, 0, 0, 0));
        assertThat(failure(
                        client -> client.move(SopClass.STUDY_ROOT_MOVE, IDENTIFIER, "STORE"),
                        peer -> peer.expectType(4)
                                .expectType(4)
                                .sendValue(MOVE, 3, raw(CommandSet.C_MOVE_RQ, new byte[4]))
                                .expect(new Abort(0, 0))))
                .hasMessage("PROTOCOL_VIOLATION: the command set has no valid (0000,1021)");
    }

    @Test
    void passesOverOtherGroupsInACommandSet() throws Exception {
        byte[] plain = response(CommandSet.C_GET_RQ, 1, 0xB000, false, 0, 5, 3, 2);
        byte[] other = hex("0800 0000 04000000 0e000000  0800 5800 06000000 312e322e3300  0800 2110 02000000 ffff");
        byte[] whole = Arrays.copyOf(plain, plain.length + other.length);
        System.arraycopy(other, 0, whole, plain.length, other.length);
        assertThat(CommandSet.parse(whole, whole.length).retrieved())
                .isEqualTo(new Retrieved(Status.SUB_OPERATIONS_FAILED, 5, 3, 2, 0));
        byte[] beyond = Arrays.copyOf(whole, whole.length - 1);
        assertThatThrownBy(() -> CommandSet.parse(beyond, beyond.length)).isInstanceOf(InvalidPduException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'MOVER',MOVER",
        "'  MOVER ',MOVER",
        "'A\u0007B\u00e9',A?B?",
        "'',",
        "'    ',",
        "'A\\B',",
        "'SEVENTEEN LETTERS',"
    })
    void readsWhoseMoveSentAnInstance(String value, @org.jspecify.annotations.Nullable String title) throws Exception {
        byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
        byte[] command = CommandSet.storeRequest(1, CT, INSTANCE).bytes();
        byte[] whole = ByteBuffer.allocate(command.length + 8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(command)
                .putShort((short) 0)
                .putShort((short) 0x1030)
                .putInt(bytes.length)
                .put(bytes)
                .array();
        assertThat(CommandSet.parse(whole, whole.length).moveOriginator()).isEqualTo(Optional.ofNullable(title));
        assertThat(CommandSet.storeRequest(1, CT, INSTANCE).moveOriginator()).isEmpty();
    }

    // ---- the script's tools

    private interface Script {
        void play(ScriptedPeer peer) throws Exception;
    }

    private interface Use<T> {
        T of(AssociationClient client) throws Exception;
    }

    private interface ThrowingUse {
        Object of(AssociationClient client) throws IOException;
    }

    private <T> Future<T> client(Use<T> use) {
        return clients.submit(() -> {
            try (AssociationClient client = new PortolanEngine().request(options())) {
                T result = use.of(client);
                client.release();
                return result;
            }
        });
    }

    private Future<Throwable> failing(Use<?> use) {
        return clients.submit(() -> org.assertj.core.api.Assertions.catchThrowable(() -> {
            try (AssociationClient client = new PortolanEngine().request(options())) {
                use.of(client);
            }
        }));
    }

    /** What a use throws, and nothing after the script. */
    private Throwable failure(Use<?> use, Script script) throws Exception {
        Future<Throwable> failure = failing(use);
        try (ScriptedPeer peer = accepted()) {
            script.play(peer);
        }
        return get(failure);
    }

    private Throwable afterFind(byte[] command, byte[]... identifier) throws Exception {
        return failure(client -> find(client, this::keep), peer -> {
            peer.expectType(4).expectType(4).sendValue(FIND, 3, command);
            for (byte[] fragment : identifier) {
                peer.sendValue(FIND, 2, fragment);
            }
            peer.expect(new Abort(0, 0));
        });
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static Status find(AssociationClient client, FindMatches matches) throws IOException {
        return client.find(
                SopClass.STUDY_ROOT_FIND,
                IDENTIFIER,
                Selection.keysOf(IDENTIFIER),
                ReadLimits.DEFAULT.withTextBytes(10_000),
                matches);
    }

    private boolean keep(DataSet match) {
        return matches.add(match);
    }

    private Status store(StoreRequest request, java.io.InputStream dataSet) throws IOException {
        stored.add(request);
        storedData.add(new String(dataSet.readAllBytes(), StandardCharsets.US_ASCII));
        return Status.ELEMENTS_DISCARDED;
    }

    private RequestOptions options() {
        Duration enough = Duration.ofSeconds(20);
        return RequestOptions.echo("localhost", listening.getLocalPort(), "ARCHIVE", "PORTOLAN")
                .propose(SopClass.STUDY_ROOT_FIND, IMPLICIT, EXPLICIT)
                .propose(SopClass.STUDY_ROOT_GET, IMPLICIT)
                .propose(SopClass.STUDY_ROOT_MOVE, IMPLICIT)
                .proposeAsScp(CT, EXPLICIT)
                .propose(MR, EXPLICIT)
                .withLimits(NetworkLimits.DEFAULT.withTimeouts(enough, enough, Duration.ofSeconds(1), enough));
    }

    private static ProposedContext proposed(int id, Uid sopClass, TransferSyntax... syntaxes) {
        return new ProposedContext(
                id,
                sopClass.value(),
                Arrays.stream(syntaxes).map(syntax -> syntax.uid().value()).toList());
    }

    private static RoleSelection role(boolean scu, boolean scp) {
        return new RoleSelection(CT.value(), scu, scp);
    }

    private ScriptedPeer accepted() throws IOException {
        return ScriptedPeer.accept(listening)
                .expectType(AssociateRq.TYPE)
                .send(acceptance(IMPLICIT, List.of(role(false, true))));
    }

    private static AssociateAc acceptance(TransferSyntax ofFind, List<RoleSelection> roles) {
        String implicit = IMPLICIT.uid().value();
        String explicit = EXPLICIT.uid().value();
        return new AssociateAc(
                1,
                "ARCHIVE",
                "PORTOLAN",
                Negotiation.APPLICATION_CONTEXT,
                List.of(
                        new AnsweredContext(1, 0, implicit),
                        new AnsweredContext(FIND, 0, ofFind.uid().value()),
                        new AnsweredContext(GET, 0, implicit),
                        new AnsweredContext(MOVE, 0, implicit),
                        new AnsweredContext(CT_AS_SCP, 0, explicit),
                        new AnsweredContext(MR_AS_SCU, 0, explicit)),
                UserInformation.ours(128 * 1024, roles));
    }

    // An acceptance whose user information holds this item alone.
    private static byte[] withUserItem(byte[] item) {
        AssociateAc plain = acceptance(IMPLICIT, List.of());
        byte[] whole = PduWriter.bytes(plain);
        byte[] ofUser = PduWriter.bytes(new AssociateAc(1, "", "", "", List.of(), plain.user()));
        int userBytes = ofUser.length - (6 + 68 + 4);
        int kept = whole.length - userBytes;
        return ByteBuffer.allocate(kept + 4 + item.length)
                .put(whole, 0, kept)
                .put((byte) AssociateReader.USER_INFORMATION)
                .put((byte) 0)
                .putShort((short) item.length)
                .put(item)
                .putInt(2, kept + 4 + item.length - 6)
                .array();
    }

    private static void released(ScriptedPeer peer) throws IOException {
        peer.expect(new ReleaseRq()).send(new ReleaseRp()).expectEnd();
    }

    private static DataSet match(String patientName) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Element.of(QUERY_RETRIEVE_LEVEL, Vr.CS, ascii("STUDY")))
                .add(Attribute.PatientName, patientName)
                .add(Attribute.PatientID, "not asked for")
                .add(Attribute.StudyInstanceUID, "1.2.3")
                .build();
    }

    private static void answer(ScriptedPeer peer, int messageId, int status, String patientName) throws IOException {
        peer.sendValue(FIND, 3, response(CommandSet.C_FIND_RQ, messageId, status, true))
                .sendValue(FIND, 2, DataSetWriter.toBytes(match(patientName), IMPLICIT));
    }

    private static void sendInFragments(ScriptedPeer peer, int control, byte[] bytes, int size) throws IOException {
        for (int from = 0; from < bytes.length; from += size) {
            int to = Math.min(from + size, bytes.length);
            peer.sendValue(FIND, to == bytes.length ? control | 2 : control, Arrays.copyOfRange(bytes, from, to));
        }
    }

    static byte[] response(int request, int messageId, int status) {
        return response(request, messageId, status, false);
    }

    /** @param counts remaining, completed, failed, warnings; or none */
    static byte[] response(int request, int messageId, int status, boolean dataSet, int... counts) {
        int[] fixed = {0x0100, request | 0x8000, 0x0120, messageId, 0x0800, dataSet ? 0x0001 : 0x0101, 0x0900, status};
        int[] all = Arrays.copyOf(fixed, fixed.length + 2 * counts.length);
        for (int i = 0; i < counts.length; i++) {
            all[fixed.length + 2 * i] = 0x1020 + i;
            all[fixed.length + 2 * i + 1] = counts[i];
        }
        return command(all);
    }

    /** A command set of 16-bit numbers: element, value, element, value ... */
    private static byte[] command(int... elements) {
        ByteBuffer bytes = ByteBuffer.allocate(5 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements.length; i += 2) {
            bytes.putShort((short) 0).putShort((short) elements[i]).putInt(2).putShort((short) elements[i + 1]);
        }
        return bytes.array();
    }

    /** A successful response with this value of NumberOfCompletedSuboperations. */
    private static byte[] raw(int request, byte[] completed) {
        byte[] plain = response(request, 1, 0);
        return ByteBuffer.allocate(plain.length + 8 + completed.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(plain)
                .putShort((short) 0)
                .putShort((short) 0x1021)
                .putInt(completed.length)
                .put(completed)
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
