package io.portolan.dicom.net;

import io.portolan.dicom.Uid;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The user information item of A-ASSOCIATE (PS3.8 9.3.2.3 and annex D, PS3.7 annex D.3.3).
 *
 * <p>Portolan proposes the first three, and roles where it asks for C-GET or reports. What it answers to a peer's is said by
 * {@link Negotiation}.
 *
 * @param maximumLength longest PDU-length of P-DATA-TF that the sender of this item takes, in bytes; 0: no limit (PS3.8 D.1)
 */
record UserInformation(
        long maximumLength,
        String implementationClassUid,
        String implementationVersionName,
        Optional<AsynchronousOperations> asynchronousOperations,
        List<RoleSelection> roleSelections,
        List<ExtendedNegotiation> extendedNegotiations,
        List<CommonExtendedNegotiation> commonExtendedNegotiations,
        Optional<UserIdentity> userIdentity,
        Optional<Opaque> userIdentityResponse) {

    /** PS3.5 B.2: a UUID of our own, written as a UID. */
    static final String IMPLEMENTATION_CLASS_UID = "2.25.74958311748622426806976126255300537304";

    static final String IMPLEMENTATION_VERSION_NAME = "PORTOLAN_0_1";

    UserInformation {
        roleSelections = List.copyOf(roleSelections);
        extendedNegotiations = List.copyOf(extendedNegotiations);
        commonExtendedNegotiations = List.copyOf(commonExtendedNegotiations);
    }

    /** What Portolan says of itself. */
    static UserInformation ours(int maximumLength) {
        return ours(maximumLength, List.of());
    }

    /** The same, with the roles that it proposes. */
    static UserInformation ours(int maximumLength, List<RoleSelection> roles) {
        return plain(maximumLength, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, roles);
    }

    /** The same, with what is answered to a peer. */
    static UserInformation ours(
            int maximumLength,
            Optional<AsynchronousOperations> window,
            List<RoleSelection> roles,
            List<ExtendedNegotiation> extended,
            Optional<Opaque> identityResponse) {
        return new UserInformation(
                maximumLength,
                IMPLEMENTATION_CLASS_UID,
                IMPLEMENTATION_VERSION_NAME,
                window,
                roles,
                extended,
                List.of(),
                Optional.empty(),
                identityResponse);
    }

    /** What a peer that sends no such item is taken to say. */
    static UserInformation none() {
        return plain(0, "", "", List.of());
    }

    /**
     * Whether the acceptor who answers this lets the requestor have the SCP role. No answer is the default: the requestor is
     * SCU. Answers that contradict each other are a refusal.
     */
    boolean acceptsScp(Uid sopClass) {
        List<RoleSelection> answers = roleSelections.stream()
                .filter(role -> role.sopClass.equals(sopClass.value()))
                .toList();
        return !answers.isEmpty() && answers.stream().allMatch(RoleSelection::scp);
    }

    /** Whether the acceptor who answers this says nothing of the roles of a SOP class. */
    boolean answersNoRole(Uid sopClass) {
        return roleSelections.stream().noneMatch(role -> role.sopClass.equals(sopClass.value()));
    }

    private static UserInformation plain(
            long maximumLength, String classUid, String versionName, List<RoleSelection> roles) {
        return new UserInformation(
                maximumLength,
                classUid,
                versionName,
                Optional.empty(),
                roles,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    /** PS3.7 D.3.3.3; 0: no limit. */
    record AsynchronousOperations(int invoked, int performed) {}

    /** PS3.7 D.3.3.4. */
    record RoleSelection(String sopClass, boolean scu, boolean scp) {}

    /** PS3.7 D.3.3.5. */
    record ExtendedNegotiation(String sopClass, Opaque information) {}

    /** PS3.7 D.3.3.6. */
    record CommonExtendedNegotiation(String sopClass, String serviceClass, List<String> relatedSopClasses) {

        CommonExtendedNegotiation {
            relatedSopClasses = List.copyOf(relatedSopClasses);
        }
    }

    /** PS3.7 D.3.3.7. */
    record UserIdentity(int type, boolean responseRequested, Opaque primary, Opaque secondary) {}

    /** Bytes that are carried and not understood; never shown, since they may be a password. */
    static final class Opaque {

        private final byte[] bytes;

        Opaque(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Opaque opaque && Arrays.equals(bytes, opaque.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return bytes.length + " bytes";
        }
    }
}
