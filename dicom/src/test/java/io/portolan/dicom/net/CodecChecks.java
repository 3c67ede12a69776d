package io.portolan.dicom.net;

import static io.portolan.dicom.net.Wire.require;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.AssociateLimits;
import io.portolan.dicom.engine.CommitmentReport;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateRj;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What the codecs of the network promise of any bytes: a value that comes back the same, or a typed error in plain words. */
final class CodecChecks {

    /** Small, so that small inputs reach them. */
    private static final AssociateLimits ASSOCIATE = new AssociateLimits(64 * 1024, 200, 8);

    /** So much the user information of a PDU may take, for all that a writer adds to it to fit an item. */
    private static final int WRITABLE_BYTES_MAX = 65_000;

    private static final int PDU_BYTES_MIN = 6;
    private static final int INSTANCES_MAX = 16;
    private static final int ERROR_CHARACTERS_MAX = 250;

    private CodecChecks() {}

    /** PDUs, one after the other. */
    static void pdus(byte[] data) {
        try {
            PduReader reader = Wire.reader(data, ASSOCIATE);
            for (int pdus = 0; ; pdus++) {
                require(pdus <= data.length / PDU_BYTES_MIN, "more PDUs than there are bytes for");
                try {
                    pdu(reader.read(), data.length);
                } catch (InvalidPduException e) {
                    error(e);
                }
            }
        } catch (EOFException e) {
            // the end
        } catch (IOException e) {
            throw new AssertionError("an error of the connection, which has none", e);
        }
    }

    private static void pdu(Pdu pdu, int bytes) {
        if (bytes <= WRITABLE_BYTES_MAX) {
            require(Wire.read(PduWriter.bytes(pdu)).equals(pdu), pdu.name() + " is changed by writing");
        }
        if (pdu instanceof AssociateRj rejection) {
            plain(rejection.words());
        } else if (pdu instanceof Abort abort) {
            plain(abort.words());
        }
    }

    static void commandSet(byte[] data) {
        try {
            CommandSet command = CommandSet.parse(data, data.length);
            byte[] bytes = command.bytes();
            CommandSet again = CommandSet.parse(bytes, bytes.length);
            require(Arrays.equals(again.bytes(), bytes), "a command set is changed by writing");
            require(values(again).equals(values(command)), "the values of a command set are changed by writing");
            command.moveOriginator().ifPresent(CodecChecks::plain);
            response(command);
        } catch (InvalidPduException e) {
            error(e);
        }
    }

    private interface Value {
        Object of(CommandSet command) throws InvalidPduException;
    }

    private static List<Object> values(CommandSet command) {
        List<Value> all = List.of(
                CommandSet::commandField,
                CommandSet::isRequest,
                CommandSet::messageId,
                CommandSet::messageIdBeingRespondedTo,
                CommandSet::hasDataSet,
                CommandSet::status,
                CommandSet::retrieved,
                CommandSet::moveOriginator,
                CommandSet::affectedSopClass,
                CommandSet::affectedSopInstance,
                CommandSet::requestedSopClass,
                CommandSet::requestedSopInstance,
                CommandSet::actionType);
        List<Object> values = new ArrayList<>();
        for (Value value : all) {
            try {
                values.add(value.of(command));
            } catch (InvalidPduException e) {
                error(e);
                values.add(String.valueOf(e.getMessage()));
            }
        }
        return values;
    }

    private static void response(CommandSet request) throws InvalidPduException {
        byte[] bytes = request.response(Status.SUCCESS).bytes();
        CommandSet response = CommandSet.parse(bytes, bytes.length);
        require(response.answers(request), "a response that answers something else");
        require(!response.hasDataSet() && response.status().isSuccess(), "a response that says something else");
    }

    /** Action information, in the one syntax or in the other as the first byte says. */
    static void commitment(byte[] data) {
        if (data.length == 0) {
            return;
        }
        TransferSyntax syntax =
                data[0] == 0 ? TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN : TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
        try {
            commitment(
                    CommitmentInformation.read(
                            new ByteArrayInputStream(data, 1, data.length - 1), syntax, INSTANCES_MAX),
                    syntax);
        } catch (MalformedDataException e) {
            require(e.position() >= 0 && e.position() < data.length, "no place in the input: " + e.position());
            error(e);
        } catch (IOException e) {
            throw new AssertionError("an error of the stream, which has none", e);
        }
    }

    private static void commitment(CommitmentInformation information, TransferSyntax syntax) throws IOException {
        int instances = information.instances().size();
        require(instances > 0 && instances <= INSTANCES_MAX, instances + " instances");
        require(Set.copyOf(information.instances()).size() == instances, "an instance comes twice");
        CommitmentReport report = new CommitmentReport(information.transaction(), information.instances(), List.of());
        byte[] bytes = DataSetWriter.toBytes(CommitmentInformation.of(report), syntax);
        // Of a report in which nothing failed the data set is that of the request.
        CommitmentInformation again =
                CommitmentInformation.read(new ByteArrayInputStream(bytes), syntax, INSTANCES_MAX);
        require(again.equals(information), "commitment information is changed by writing");
    }

    private static void error(IOException e) {
        plain(String.valueOf(e.getMessage()));
    }

    private static void plain(String text) {
        require(text.length() <= ERROR_CHARACTERS_MAX, "a text of " + text.length() + " characters");
        require(text.chars().allMatch(c -> c >= ' ' && c < 0x7F), "a text that is not plain: " + text);
    }
}
