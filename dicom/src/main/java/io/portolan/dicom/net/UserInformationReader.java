package io.portolan.dicom.net;

import static io.portolan.dicom.net.AssociateReader.ASYNCHRONOUS_OPERATIONS_WINDOW;
import static io.portolan.dicom.net.AssociateReader.COMMON_EXTENDED_NEGOTIATION;
import static io.portolan.dicom.net.AssociateReader.EXTENDED_NEGOTIATION;
import static io.portolan.dicom.net.AssociateReader.IMPLEMENTATION_CLASS_UID;
import static io.portolan.dicom.net.AssociateReader.IMPLEMENTATION_VERSION_NAME;
import static io.portolan.dicom.net.AssociateReader.MAXIMUM_LENGTH;
import static io.portolan.dicom.net.AssociateReader.ROLE_SELECTION;
import static io.portolan.dicom.net.AssociateReader.USER_IDENTITY;
import static io.portolan.dicom.net.AssociateReader.USER_IDENTITY_RESPONSE;
import static io.portolan.dicom.net.ItemReader.opaque;
import static io.portolan.dicom.net.ItemReader.text;
import static io.portolan.dicom.net.ItemReader.uint16;

import io.portolan.dicom.net.UserInformation.AsynchronousOperations;
import io.portolan.dicom.net.UserInformation.CommonExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.ExtendedNegotiation;
import io.portolan.dicom.net.UserInformation.Opaque;
import io.portolan.dicom.net.UserInformation.RoleSelection;
import io.portolan.dicom.net.UserInformation.UserIdentity;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the user information item of A-ASSOCIATE (PS3.8 9.3.2.3) with its sub-items (PS3.8 annex D, PS3.7 annex D.3.3).
 * Unknown ones are ignored; of one that comes twice the last counts.
 */
final class UserInformationReader {

    private final ItemReader items;
    private final boolean isRequest;

    private long maximumLength;
    private String classUid = "";
    private String versionName = "";
    private Optional<AsynchronousOperations> window = Optional.empty();
    private final List<RoleSelection> roles = new ArrayList<>();
    private final List<ExtendedNegotiation> extended = new ArrayList<>();
    private final List<CommonExtendedNegotiation> commonExtended = new ArrayList<>();
    private Optional<UserIdentity> identity = Optional.empty();
    private Optional<Opaque> identityResponse = Optional.empty();

    UserInformationReader(ItemReader items, boolean isRequest) {
        this.items = items;
        this.isRequest = isRequest;
    }

    UserInformation read(ByteBuffer item) throws InvalidPduException {
        while (item.hasRemaining()) {
            int type = item.get() & 0xFF;
            readSubItem(type, items.item(type, item));
        }
        return new UserInformation(
                maximumLength,
                classUid,
                versionName,
                window,
                roles,
                extended,
                commonExtended,
                identity,
                identityResponse);
    }

    private void readSubItem(int type, ByteBuffer subItem) throws InvalidPduException {
        switch (type) {
            case MAXIMUM_LENGTH -> {
                // PS3.8 table D.1-1: | maximum-length (4) |
                items.need(type, subItem, 4);
                maximumLength = subItem.getInt() & 0xFFFFFFFFL;
            }
            case IMPLEMENTATION_CLASS_UID -> classUid = text(subItem);
            case IMPLEMENTATION_VERSION_NAME -> versionName = text(subItem);
            case ASYNCHRONOUS_OPERATIONS_WINDOW -> {
                // PS3.7 table D.3-7: | invoked (2) | performed (2) |
                items.need(type, subItem, 4);
                window = Optional.of(new AsynchronousOperations(uint16(subItem), uint16(subItem)));
            }
            case ROLE_SELECTION -> {
                // PS3.7 table D.3-9: | UID-length (2) | SOP class UID | SCU-role (1) | SCP-role (1) |
                String sopClass = text(items.counted(type, subItem));
                items.need(type, subItem, 2);
                roles.add(new RoleSelection(sopClass, subItem.get() == 1, subItem.get() == 1));
            }
            // PS3.7 table D.3-11: | UID-length (2) | SOP class UID | information ... |
            case EXTENDED_NEGOTIATION ->
                extended.add(new ExtendedNegotiation(text(items.counted(type, subItem)), opaque(subItem)));
            case COMMON_EXTENDED_NEGOTIATION -> {
                items.expect(type, isRequest);
                commonExtended.add(commonExtended(type, subItem));
            }
            case USER_IDENTITY -> {
                // PS3.7 table D.3-14: | type (1) | response (1) | length (2) | primary | length (2) | secondary |
                items.expect(type, isRequest);
                items.need(type, subItem, 2);
                identity = Optional.of(new UserIdentity(
                        subItem.get() & 0xFF,
                        subItem.get() == 1,
                        opaque(items.counted(type, subItem)),
                        opaque(items.counted(type, subItem))));
            }
            case USER_IDENTITY_RESPONSE -> {
                // PS3.7 table D.3-15: | length (2) | server-response |
                items.expect(type, !isRequest);
                identityResponse = Optional.of(opaque(items.counted(type, subItem)));
            }
            default -> {}
        }
    }

    // PS3.7 table D.3-12: | length (2) | SOP class UID | length (2) | service class UID
    //                     | length (2) | related classes: | length (2) | UID | ... | reserved ...
    private CommonExtendedNegotiation commonExtended(int type, ByteBuffer subItem) throws InvalidPduException {
        String sopClass = text(items.counted(type, subItem));
        String serviceClass = text(items.counted(type, subItem));
        ByteBuffer list = items.counted(type, subItem);
        List<String> related = new ArrayList<>();
        while (list.hasRemaining()) {
            related.add(text(items.counted(type, list)));
        }
        return new CommonExtendedNegotiation(sopClass, serviceClass, related);
    }
}
