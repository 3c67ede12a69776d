package io.portolan.dicom.net;

import io.portolan.dicom.SopClass;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.AeTitles;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A DIMSE command set (PS3.7 6.3.1): elements of group 0000, always Implicit VR Little Endian. The elements are those of PS3.7
 * annex E that C-STORE (9.3.1), C-FIND (9.3.2), C-GET (9.3.3), C-MOVE (9.3.4), C-ECHO (9.3.5), N-EVENT-REPORT (10.3.1) and N-ACTION
 * (10.3.4) need.
 *
 * <pre>
 * | group (2, LE) = 0000 | element (2, LE) | length (4, LE) | value, padded to even length
 * </pre>
 */
final class CommandSet {

    // PS3.7 E.1
    private static final int GROUP_LENGTH = 0x0000;
    private static final int AFFECTED_SOP_CLASS_UID = 0x0002;
    private static final int REQUESTED_SOP_CLASS_UID = 0x0003;
    private static final int COMMAND_FIELD = 0x0100;
    private static final int MESSAGE_ID = 0x0110;
    private static final int MESSAGE_ID_BEING_RESPONDED_TO = 0x0120;
    private static final int MOVE_DESTINATION = 0x0600;
    private static final int PRIORITY = 0x0700;
    private static final int COMMAND_DATA_SET_TYPE = 0x0800;
    private static final int STATUS = 0x0900;
    private static final int AFFECTED_SOP_INSTANCE_UID = 0x1000;
    private static final int REQUESTED_SOP_INSTANCE_UID = 0x1001;
    private static final int EVENT_TYPE_ID = 0x1002;
    private static final int ACTION_TYPE_ID = 0x1008;
    private static final int NUMBER_OF_REMAINING_SUBOPERATIONS = 0x1020;
    private static final int NUMBER_OF_COMPLETED_SUBOPERATIONS = 0x1021;
    private static final int NUMBER_OF_FAILED_SUBOPERATIONS = 0x1022;
    private static final int NUMBER_OF_WARNING_SUBOPERATIONS = 0x1023;
    private static final int MOVE_ORIGINATOR_AE_TITLE = 0x1030;

    private static final int MESSAGE_ID_MAX = 0xFFFF;

    // PS3.7 E.1, Command Field
    static final int C_STORE_RQ = 0x0001;
    static final int C_GET_RQ = 0x0010;
    static final int C_FIND_RQ = 0x0020;
    static final int C_MOVE_RQ = 0x0021;
    static final int C_ECHO_RQ = 0x0030;
    static final int N_EVENT_REPORT_RQ = 0x0100;
    static final int N_ACTION_RQ = 0x0130;
    static final int C_CANCEL_RQ = 0x0FFF;
    static final int RESPONSE = 0x8000;

    private static final int NO_DATA_SET = 0x0101;
    private static final int SOME_DATA_SET = 0x0000;
    private static final int PRIORITY_MEDIUM = 0x0000;

    private static final int ELEMENT_HEADER_BYTES = 8;

    private final TreeMap<Integer, byte[]> elements = new TreeMap<>();

    /** The Message ID (0000,0110) after one of this side, the first of which is 1; for one operation at a time any will do. */
    static int messageIdAfter(int messageId) {
        return messageId % MESSAGE_ID_MAX + 1;
    }

    static CommandSet echoRequest(int messageId) {
        return new CommandSet()
                .put(AFFECTED_SOP_CLASS_UID, SopClass.VERIFICATION.value())
                .put(COMMAND_FIELD, C_ECHO_RQ)
                .put(MESSAGE_ID, messageId)
                .put(COMMAND_DATA_SET_TYPE, NO_DATA_SET);
    }

    static CommandSet storeRequest(int messageId, Uid sopClass, Uid sopInstance) {
        return new CommandSet()
                .put(AFFECTED_SOP_CLASS_UID, sopClass.value())
                .put(COMMAND_FIELD, C_STORE_RQ)
                .put(MESSAGE_ID, messageId)
                .put(PRIORITY, PRIORITY_MEDIUM)
                .put(COMMAND_DATA_SET_TYPE, SOME_DATA_SET)
                .put(AFFECTED_SOP_INSTANCE_UID, sopInstance.value());
    }

    static CommandSet findRequest(int messageId, Uid sopClass) {
        return identifierRequest(C_FIND_RQ, messageId, sopClass);
    }

    static CommandSet getRequest(int messageId, Uid sopClass) {
        return identifierRequest(C_GET_RQ, messageId, sopClass);
    }

    static CommandSet moveRequest(int messageId, Uid sopClass, String destinationAe) {
        return identifierRequest(C_MOVE_RQ, messageId, sopClass).putAeTitle(MOVE_DESTINATION, destinationAe);
    }

    private static CommandSet identifierRequest(int commandField, int messageId, Uid sopClass) {
        return new CommandSet()
                .put(AFFECTED_SOP_CLASS_UID, sopClass.value())
                .put(COMMAND_FIELD, commandField)
                .put(MESSAGE_ID, messageId)
                .put(PRIORITY, PRIORITY_MEDIUM)
                .put(COMMAND_DATA_SET_TYPE, SOME_DATA_SET);
    }

    /** Of a SOP class whose SCP this side is. */
    static CommandSet eventReportRequest(int messageId, Uid sopClass, Uid sopInstance, int eventType) {
        return new CommandSet()
                .put(AFFECTED_SOP_CLASS_UID, sopClass.value())
                .put(COMMAND_FIELD, N_EVENT_REPORT_RQ)
                .put(MESSAGE_ID, messageId)
                .put(COMMAND_DATA_SET_TYPE, SOME_DATA_SET)
                .put(AFFECTED_SOP_INSTANCE_UID, sopInstance.value())
                .put(EVENT_TYPE_ID, eventType);
    }

    /** C-CANCEL-RQ for this request (PS3.7 9.3.2.3). */
    CommandSet cancel() throws InvalidPduException {
        return new CommandSet()
                .put(COMMAND_FIELD, C_CANCEL_RQ)
                .put(MESSAGE_ID_BEING_RESPONDED_TO, messageId())
                .put(COMMAND_DATA_SET_TYPE, NO_DATA_SET);
    }

    /** The response to this request, without a data set. UIDs are given back as far as they are UIDs. */
    CommandSet response(Status status) throws InvalidPduException {
        CommandSet response = new CommandSet()
                .put(COMMAND_FIELD, commandField() | RESPONSE)
                .put(MESSAGE_ID_BEING_RESPONDED_TO, messageId())
                .put(COMMAND_DATA_SET_TYPE, NO_DATA_SET)
                .put(STATUS, status.code());
        affectedSopClass()
                .or(this::requestedSopClass)
                .ifPresent(uid -> response.put(AFFECTED_SOP_CLASS_UID, uid.value()));
        affectedSopInstance()
                .or(this::requestedSopInstance)
                .ifPresent(uid -> response.put(AFFECTED_SOP_INSTANCE_UID, uid.value()));
        for (int type : List.of(EVENT_TYPE_ID, ACTION_TYPE_ID)) {
            if (elements.containsKey(type)) {
                response.put(type, uint16(type));
            }
        }
        return response;
    }

    /** @throws InvalidPduException naming the element that is malformed, or that every command set must have and this lacks */
    static CommandSet parse(byte[] bytes, int length) throws InvalidPduException {
        CommandSet command = new CommandSet();
        ByteBuffer from = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            if (from.remaining() < ELEMENT_HEADER_BYTES) {
                throw PduReader.invalid("the command set ends within an element header at byte " + from.position());
            }
            int group = from.getShort() & 0xFFFF;
            int element = from.getShort() & 0xFFFF;
            long valueLength = from.getInt() & 0xFFFFFFFFL;
            if (valueLength > from.remaining()) {
                throw PduReader.invalid("the command set has (%04X,%04X) with length %d at byte %d"
                        .formatted(group, element, valueLength, from.position() - ELEMENT_HEADER_BYTES));
            }
            byte[] value = new byte[(int) valueLength];
            from.get(value);
            // Deviation from PS3.7 6.3.1: Orthanc 1.10 lists what failed of a C-GET, (0008,0058), in the command set of
            // its
            // last response, not in a data set. Other groups are passed over.
            if (group == 0) {
                command.elements.put(element, value);
            }
        }
        command.elements.remove(GROUP_LENGTH);
        command.uint16(COMMAND_FIELD);
        command.uint16(COMMAND_DATA_SET_TYPE);
        return command;
    }

    /** The command set with its group length first. */
    byte[] bytes() {
        int length = elements.values().stream()
                .mapToInt(value -> ELEMENT_HEADER_BYTES + value.length)
                .sum();
        ByteBuffer to = ByteBuffer.allocate(ELEMENT_HEADER_BYTES + 4 + length).order(ByteOrder.LITTLE_ENDIAN);
        to.putShort((short) 0).putShort((short) GROUP_LENGTH).putInt(4).putInt(length);
        elements.forEach((element, value) -> to.putShort((short) 0)
                .putShort(element.shortValue())
                .putInt(value.length)
                .put(value));
        return to.array();
    }

    int commandField() throws InvalidPduException {
        return uint16(COMMAND_FIELD);
    }

    boolean isRequest() throws InvalidPduException {
        return (commandField() & RESPONSE) == 0;
    }

    int messageId() throws InvalidPduException {
        return uint16(MESSAGE_ID);
    }

    int messageIdBeingRespondedTo() throws InvalidPduException {
        return uint16(MESSAGE_ID_BEING_RESPONDED_TO);
    }

    /** Whether this is a response to that request. */
    boolean answers(CommandSet request) throws InvalidPduException {
        return commandField() == (request.commandField() | RESPONSE)
                && messageIdBeingRespondedTo() == request.messageId();
    }

    boolean hasDataSet() throws InvalidPduException {
        return uint16(COMMAND_DATA_SET_TYPE) != NO_DATA_SET;
    }

    Status status() throws InvalidPduException {
        return new Status(uint16(STATUS));
    }

    /** Status and numbers of a C-GET-RSP or C-MOVE-RSP. */
    Retrieved retrieved() throws InvalidPduException {
        return new Retrieved(
                status(),
                count(NUMBER_OF_COMPLETED_SUBOPERATIONS),
                count(NUMBER_OF_FAILED_SUBOPERATIONS),
                count(NUMBER_OF_WARNING_SUBOPERATIONS),
                count(NUMBER_OF_REMAINING_SUBOPERATIONS));
    }

    /** Without padding, printable ASCII only; empty when the element is missing or no AE title. */
    Optional<String> moveOriginator() {
        return Optional.ofNullable(elements.get(MOVE_ORIGINATOR_AE_TITLE))
                .map(value -> ItemReader.text(ByteBuffer.wrap(value)))
                .filter(AeTitles::isValid);
    }

    /** Empty when the element is missing or no UID. */
    Optional<Uid> affectedSopClass() {
        return uid(AFFECTED_SOP_CLASS_UID);
    }

    /** Empty when the element is missing or no UID. */
    Optional<Uid> affectedSopInstance() {
        return uid(AFFECTED_SOP_INSTANCE_UID);
    }

    /** Empty when the element is missing or no UID. */
    Optional<Uid> requestedSopClass() {
        return uid(REQUESTED_SOP_CLASS_UID);
    }

    /** Empty when the element is missing or no UID. */
    Optional<Uid> requestedSopInstance() {
        return uid(REQUESTED_SOP_INSTANCE_UID);
    }

    int actionType() throws InvalidPduException {
        return uint16(ACTION_TYPE_ID);
    }

    private Optional<Uid> uid(int element) {
        return Optional.ofNullable(elements.get(element))
                .flatMap(value -> Uid.parse(new String(value, StandardCharsets.ISO_8859_1)));
    }

    private int count(int element) throws InvalidPduException {
        byte[] value = elements.get(element);
        return value == null || value.length == 0 ? 0 : uint16(element);
    }

    private int uint16(int element) throws InvalidPduException {
        byte[] value = elements.get(element);
        if (value == null || value.length != 2) {
            throw PduReader.invalid("the command set has no valid (0000,%04X)".formatted(element));
        }
        return (value[0] & 0xFF) | (value[1] & 0xFF) << 8;
    }

    private CommandSet put(int element, int uint16) {
        elements.put(element, new byte[] {(byte) uint16, (byte) (uint16 >>> 8)});
        return this;
    }

    // PS3.5 9.1: a UID of odd length is padded with NUL
    private CommandSet put(int element, String uid) {
        String padded = uid.length() % 2 == 0 ? uid : uid + '\0';
        elements.put(element, padded.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    // PS3.5 6.2: an AE title is padded with a space
    private CommandSet putAeTitle(int element, String title) {
        return put(element, title.length() % 2 == 0 ? title : title + ' ');
    }
}
