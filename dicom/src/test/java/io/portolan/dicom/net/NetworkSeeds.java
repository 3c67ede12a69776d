package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static io.portolan.dicom.net.ScriptedPeer.pData;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.SopReference;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AnsweredContext;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRj;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import io.portolan.dicom.net.Pdu.ReleaseRp;
import io.portolan.dicom.net.Pdu.ReleaseRq;
import io.portolan.dicom.net.UserInformation.AsynchronousOperations;
import io.portolan.dicom.net.UserInformation.CommonExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import io.portolan.dicom.net.UserInformation.UserIdentity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What peers say on the network when all is well, or nearly: what a fuzzer starts with. */
final class NetworkSeeds {

    private static final String IMPLICIT =
            TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final String EXPLICIT =
            TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid().value();
    private static final String CT = TranscriptChecks.CT.value();
    private static final String PRIVATE = "1.3.12.2.1107.5.9.1";

    // presentation-context-IDs of request() and, behind them, of what TranscriptChecks proposes
    private static final int VERIFICATION = 1;
    private static final int STORE = 3;
    private static final int COMMITMENT = 5;
    private static final int FIND = 3;
    private static final int GET = 5;
    private static final int MOVE = 7;
    private static final int CT_AS_SCP = 9;
    private static final int MR = 11;
    private static final int REPORT = 13;

    // message control headers
    private static final int COMMAND = 3;
    private static final int DATA = 2;

    private static final int PENDING = 0xFF00;
    private static final int SOME_INSTANCES = 17;

    private NetworkSeeds() {}

    static List<byte[]> pdus() {
        List<byte[]> seeds = new ArrayList<>(PduTest.fixtures()
                .map(fixture -> hex(String.valueOf(fixture.get()[0])))
                .toList());
        seeds.add(joined(seeds.toArray(byte[][]::new)));
        seeds.add(PduWriter.bytes(request(0)));
        seeds.add(PduWriter.bytes(acceptance(16384)));
        return seeds;
    }

    static List<byte[]> commandSets() {
        Uid instance = new Uid("1.2.3");
        CommandSet report = CommandSet.eventReportRequest(
                1, SopClass.STORAGE_COMMITMENT_PUSH, SopClass.STORAGE_COMMITMENT_PUSH_INSTANCE, 1);
        try {
            return List.of(
                    CommandSet.echoRequest(1).bytes(),
                    CommandSet.echoRequest(1).response(Status.SUCCESS).bytes(),
                    CommandSet.storeRequest(2, TranscriptChecks.CT, instance).bytes(),
                    CommandSet.findRequest(3, SopClass.STUDY_ROOT_FIND).bytes(),
                    CommandSet.findRequest(3, SopClass.STUDY_ROOT_FIND).cancel().bytes(),
                    CommandSet.moveRequest(4, SopClass.STUDY_ROOT_MOVE, "ELSEWHERE")
                            .bytes(),
                    QueryRetrieveTest.response(CommandSet.C_GET_RQ, 5, PENDING, true, 1, 2, 3, 4),
                    report.bytes(),
                    report.response(Status.SUCCESS).bytes(),
                    CommitmentTest.action(),
                    hex("0000 0001 02000000 0100  0000 1001 02000000 0700  0000 0008 02000000 0000"
                            + "0000 3010 08000000 4d4f44414c495459  0800 5800 04000000 312e3200"));
        } catch (InvalidPduException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<byte[]> commitments() {
        List<byte[]> seeds = new ArrayList<>();
        for (int count : new int[] {1, 2, SOME_INSTANCES}) {
            DataSet information = CommitmentTest.information(IntStream.range(0, count)
                    .mapToObj(i -> new SopReference(TranscriptChecks.CT, new Uid("1.2.3." + i)))
                    .toArray(SopReference[]::new));
            seeds.add(joined(new byte[] {0}, bytes(information, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN)));
            seeds.add(joined(new byte[] {1}, bytes(information, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)));
        }
        return seeds;
    }

    /** What requestors send. */
    static List<byte[]> toAcceptor() {
        byte[] echo = pData(VERIFICATION, COMMAND, CommandSet.echoRequest(1).bytes());
        byte[] released = PduWriter.bytes(new ReleaseRq());
        List<byte[]> seeds = new ArrayList<>();
        for (int maximumLength : new int[] {0, 8, 16384}) {
            byte[] request = PduWriter.bytes(request(maximumLength));
            seeds.addAll(cuts(request, echo, stored("1.2.3"), released));
            seeds.addAll(cuts(request, stored("1.2.30"), stored("1.2"), committed(), reported(), echo, released));
        }
        byte[] request = PduWriter.bytes(request(128 * 1024));
        byte[] aborted = PduWriter.bytes(new Abort(Abort.SERVICE_USER, 0));
        byte[] cancelled = pData(
                STORE, COMMAND, hex("0000 0001 02000000 ff0f 0000 2001 02000000 0100" + "0000 0008 02000000 0101"));
        seeds.addAll(cuts(request, inPieces(CommandSet.echoRequest(1).bytes()), cancelled, aborted));
        seeds.addAll(cuts(request, committed(), committed(), reported(), reported(), echo, aborted));
        seeds.add(joined(request, request, aborted));
        seeds.add(joined(PduWriter.bytes(AssociateRj.NO_REASON), released));
        return seeds;
    }

    /** What acceptors answer to the one who asks for all there is. */
    static List<byte[]> toRequestor() {
        byte[] identifier = bytes(
                DataSet.builder().add(Attribute.PatientName, "A^B").build(), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        byte[] match = joined(answer(FIND, CommandSet.C_FIND_RQ, 3, PENDING, true), pData(FIND, DATA, identifier));
        byte[] echoed = answer(VERIFICATION, CommandSet.C_ECHO_RQ, 1, 0, false);
        byte[] stored = answer(MR, CommandSet.C_STORE_RQ, 2, 0xB000, false);
        byte[] found = joined(match, match, match, match, answer(FIND, CommandSet.C_FIND_RQ, 3, 0, false));
        byte[] got = joined(
                storing(CT_AS_SCP, "1.2.3"),
                answer(GET, CommandSet.C_GET_RQ, 4, PENDING, false, 1, 1, 0, 0),
                storing(CT_AS_SCP, "1.2.30"),
                answer(GET, CommandSet.C_GET_RQ, 4, 0, true, 0, 2, 0, 0),
                pData(GET, DATA, new byte[0]));
        byte[] moved = joined(
                answer(MOVE, CommandSet.C_MOVE_RQ, 5, PENDING, false, 1, 1, 0, 0),
                answer(MOVE, CommandSet.C_MOVE_RQ, 5, 0xA702, false, 0, 1, 1, 0));
        byte[] taken = answer(REPORT, CommandSet.N_EVENT_REPORT_RQ, 6, 0, false);
        byte[] released = PduWriter.bytes(new ReleaseRp());
        List<byte[]> seeds = new ArrayList<>();
        for (int maximumLength : new int[] {0, 8, 16384}) {
            byte[] acceptance = PduWriter.bytes(acceptance(maximumLength));
            seeds.addAll(cuts(acceptance, echoed, stored, found, got, moved, taken, released));
        }
        byte[] acceptance = PduWriter.bytes(acceptance(128));
        byte[] collision = PduWriter.bytes(new ReleaseRq());
        seeds.add(joined(acceptance, echoed, stored, found, got, moved, taken, collision, released));
        seeds.add(joined(acceptance, echoed, collision));
        seeds.add(joined(acceptance, PduWriter.bytes(new Abort(Abort.SERVICE_PROVIDER, Abort.UNEXPECTED_PDU))));
        seeds.add(PduWriter.bytes(AssociateRj.LOCAL_LIMIT_EXCEEDED));
        return seeds;
    }

    /** With every item of user information. */
    private static AssociateRq request(long maximumLength) {
        return new AssociateRq(
                Negotiation.PROTOCOL_VERSION,
                "PORTOLAN",
                "MODALITY",
                Negotiation.APPLICATION_CONTEXT,
                List.of(
                        new ProposedContext(VERIFICATION, SopClass.VERIFICATION.value(), List.of(IMPLICIT)),
                        new ProposedContext(STORE, CT, List.of("1.2.840.10008.1.2.4.999", EXPLICIT)),
                        new ProposedContext(
                                COMMITMENT, SopClass.STORAGE_COMMITMENT_PUSH.value(), List.of(EXPLICIT, IMPLICIT)),
                        new ProposedContext(255, PRIVATE, List.of(IMPLICIT))),
                new UserInformation(
                        maximumLength,
                        "1.2.3",
                        "MODALITY_1",
                        Optional.of(new AsynchronousOperations(0, 1)),
                        List.of(new RoleSelection(CT, true, true)),
                        List.of(new ExtendedNegotiation(CT, new Opaque(new byte[] {2, 0, 3, 0, 1, 0}))),
                        List.of(new CommonExtendedNegotiation(PRIVATE, "1.2.840.10008.4.2", List.of(CT))),
                        Optional.of(
                                new UserIdentity(2, true, new Opaque(new byte[] {'m', 'e'}), new Opaque(new byte[0]))),
                        Optional.empty()));
    }

    private static AssociateAc acceptance(long maximumLength) {
        return new AssociateAc(
                Negotiation.PROTOCOL_VERSION,
                "ARCHIVE",
                "PORTOLAN",
                Negotiation.APPLICATION_CONTEXT,
                Stream.of(VERIFICATION, FIND, GET, MOVE, CT_AS_SCP, MR, REPORT)
                        .map(id -> new AnsweredContext(
                                id, AnsweredContext.ACCEPTANCE, id == VERIFICATION || id == MOVE ? IMPLICIT : EXPLICIT))
                        .toList(),
                new UserInformation(
                        maximumLength,
                        "1.2.3",
                        "ARCHIVE_1",
                        Optional.of(new AsynchronousOperations(1, 1)),
                        List.of(new RoleSelection(CT, false, true)),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.of(new Opaque(new byte[] {7}))));
    }

    private static byte[] stored(String instance) {
        return storing(STORE, instance);
    }

    private static byte[] storing(int contextId, String instance) {
        byte[] dataSet = bytes(
                DataSet.builder().add(Attribute.PatientName, "A^B").build(), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        int half = dataSet.length / 2;
        return joined(
                pData(
                        contextId,
                        COMMAND,
                        CommandSet.storeRequest(7, TranscriptChecks.CT, new Uid(instance))
                                .bytes()),
                pData(contextId, 0, Arrays.copyOf(dataSet, half)),
                pData(contextId, DATA, Arrays.copyOfRange(dataSet, half, dataSet.length)));
    }

    private static byte[] committed() {
        DataSet information = CommitmentTest.information(new SopReference(TranscriptChecks.CT, new Uid("1.2.3")));
        return joined(
                pData(COMMITMENT, COMMAND, CommitmentTest.action()),
                pData(COMMITMENT, DATA, bytes(information, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)));
    }

    private static byte[] reported() {
        return answer(COMMITMENT, CommandSet.N_EVENT_REPORT_RQ, 1, 0, false);
    }

    private static byte[] answer(
            int contextId, int request, int messageId, int status, boolean dataSet, int... counts) {
        return pData(contextId, COMMAND, QueryRetrieveTest.response(request, messageId, status, dataSet, counts));
    }

    /** A command set in two presentation-data-values of one PDU, and a third in one of its own. */
    private static byte[] inPieces(byte[] command) {
        byte[] first = pData(VERIFICATION, 1, Arrays.copyOf(command, 20));
        byte[] second = pData(VERIFICATION, 1, Arrays.copyOfRange(command, 20, 40));
        byte[] both = joined(first, Arrays.copyOfRange(second, 6, second.length));
        both[5] = (byte) (both.length - 6);
        return joined(both, pData(VERIFICATION, COMMAND, Arrays.copyOfRange(command, 40, command.length)));
    }

    /** A transcript whole, ended behind each of its parts and in the middle of each. */
    private static List<byte[]> cuts(byte[]... parts) {
        byte[] whole = joined(parts);
        List<byte[]> cuts = new ArrayList<>();
        int end = 0;
        for (byte[] part : parts) {
            cuts.add(Arrays.copyOf(whole, end + part.length / 2));
            end += part.length;
            cuts.add(Arrays.copyOf(whole, end));
        }
        return cuts;
    }

    private static byte[] bytes(DataSet dataSet, TransferSyntax syntax) {
        return DataSetWriter.toBytes(dataSet, syntax);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
