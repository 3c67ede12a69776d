package io.portolan.dicom.engine;

import java.time.Duration;

/**
 * The limits of the DICOM network, both roles.
 *
 * @param pduLengthMaxBytes  length of a P-DATA-TF PDU announced to peers, and the longest one sent whatever the peer allows
 * @param readBufferBytes    read buffer of one association
 * @param commandSetMaxBytes longest DIMSE command set taken from a peer
 * @param associationsMax    associations served at once; more are rejected with "local limit exceeded"
 * @param connectTimeout     until a TCP connection stands; and again until a TLS handshake on it is over
 * @param artimTimeout       PS3.8 9.1.4: until a connected peer has sent its whole A-ASSOCIATE-RQ, and until a peer closes the
 *     connection after the end of an association; the same again for a TLS handshake before
 * @param answerTimeout      as SCU: silence of a peer that owes an answer; as either: until a peer has taken one PDU
 * @param idleTimeout        as SCP: silence of a peer, between two operations or within one
 */
public record NetworkLimits(
        int pduLengthMaxBytes,
        int readBufferBytes,
        int commandSetMaxBytes,
        int associationsMax,
        Duration connectTimeout,
        Duration artimTimeout,
        Duration answerTimeout,
        Duration idleTimeout) {

    /** Below this, a PDU cannot carry a fragment of useful size. */
    public static final int PDU_LENGTH_MIN_BYTES = 4 * 1024;

    public static final NetworkLimits DEFAULT = new NetworkLimits(
            128 * 1024,
            256 * 1024,
            16 * 1024,
            64,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5));

    /** @throws IllegalArgumentException naming the limit that is out of its range */
    public NetworkLimits {
        check(pduLengthMaxBytes >= PDU_LENGTH_MIN_BYTES && pduLengthMaxBytes <= 16 << 20, "pduLengthMaxBytes");
        check(readBufferBytes >= 1024 && readBufferBytes <= 16 << 20, "readBufferBytes");
        check(commandSetMaxBytes >= 1024 && commandSetMaxBytes <= 1 << 20, "commandSetMaxBytes");
        check(associationsMax >= 1 && associationsMax <= 10_000, "associationsMax");
        check(isUsable(connectTimeout), "connectTimeout");
        check(isUsable(artimTimeout), "artimTimeout");
        check(isUsable(answerTimeout), "answerTimeout");
        check(isUsable(idleTimeout), "idleTimeout");
    }

    public NetworkLimits withPduLengthMaxBytes(int bytes) {
        return new NetworkLimits(
                bytes,
                readBufferBytes,
                commandSetMaxBytes,
                associationsMax,
                connectTimeout,
                artimTimeout,
                answerTimeout,
                idleTimeout);
    }

    public NetworkLimits withAssociationsMax(int associations) {
        return new NetworkLimits(
                pduLengthMaxBytes,
                readBufferBytes,
                commandSetMaxBytes,
                associations,
                connectTimeout,
                artimTimeout,
                answerTimeout,
                idleTimeout);
    }

    /** All four timeouts at once, in the order of the components. */
    public NetworkLimits withTimeouts(Duration connect, Duration artim, Duration answer, Duration idle) {
        return new NetworkLimits(
                pduLengthMaxBytes, readBufferBytes, commandSetMaxBytes, associationsMax, connect, artim, answer, idle);
    }

    // A socket counts milliseconds in an int.
    private static boolean isUsable(Duration timeout) {
        return timeout.compareTo(Duration.ofMillis(1)) >= 0 && timeout.compareTo(Duration.ofDays(1)) <= 0;
    }

    private static void check(boolean holds, String limit) {
        if (!holds) {
            throw new IllegalArgumentException(limit + " is out of its range");
        }
    }
}
