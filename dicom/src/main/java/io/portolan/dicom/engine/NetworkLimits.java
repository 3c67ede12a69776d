package io.portolan.dicom.engine;

import java.time.Duration;

/**
 * The limits of the DICOM network, both roles.
 *
 * @param pduLengthMaxBytes  length of a P-DATA-TF PDU announced to peers, and the longest one sent whatever the peer allows
 * @param readBufferBytes    read buffer of one association, which grows up to this as data comes; the JDK reads no more at once
 * @param commandSetMaxBytes longest DIMSE command set taken from a peer
 * @param associate          what an A-ASSOCIATE PDU may cost
 * @param connections        how many there are at once
 * @param bytesPerSecondMin  as either: what a peer has to send from the first byte of a message to its last, averaged over the
 *     time that it may be silent; the time that this side takes does not count. 0: nothing
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
        AssociateLimits associate,
        ConnectionLimits connections,
        int bytesPerSecondMin,
        Duration connectTimeout,
        Duration artimTimeout,
        Duration answerTimeout,
        Duration idleTimeout) {

    /** Below this, a PDU cannot carry a fragment of useful size. */
    public static final int PDU_LENGTH_MIN_BYTES = 4 * 1024;

    public static final NetworkLimits DEFAULT = new NetworkLimits(
            128 * 1024,
            128 * 1024,
            16 * 1024,
            AssociateLimits.DEFAULT,
            ConnectionLimits.DEFAULT,
            1024,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5));

    /** @throws IllegalArgumentException naming the limit that is out of its range */
    public NetworkLimits {
        check(pduLengthMaxBytes >= PDU_LENGTH_MIN_BYTES && pduLengthMaxBytes <= 16 << 20, "pduLengthMaxBytes");
        check(readBufferBytes >= 1024 && readBufferBytes <= 16 << 20, "readBufferBytes");
        check(commandSetMaxBytes >= 1024 && commandSetMaxBytes <= 1 << 20, "commandSetMaxBytes");
        check(bytesPerSecondMin >= 0 && bytesPerSecondMin <= 1 << 30, "bytesPerSecondMin");
        check(isUsable(connectTimeout), "connectTimeout");
        check(isUsable(artimTimeout), "artimTimeout");
        check(isUsable(answerTimeout), "answerTimeout");
        check(isUsable(idleTimeout), "idleTimeout");
    }

    public NetworkLimits withPduLengthMaxBytes(int bytes) {
        return with(bytes, associate, connections, bytesPerSecondMin);
    }

    public NetworkLimits withAssociate(AssociateLimits newAssociate) {
        return with(pduLengthMaxBytes, newAssociate, connections, bytesPerSecondMin);
    }

    public NetworkLimits withConnections(ConnectionLimits newConnections) {
        return with(pduLengthMaxBytes, associate, newConnections, bytesPerSecondMin);
    }

    public NetworkLimits withBytesPerSecondMin(int bytes) {
        return with(pduLengthMaxBytes, associate, connections, bytes);
    }

    /** All four timeouts at once, in the order of the components. */
    public NetworkLimits withTimeouts(Duration connect, Duration artim, Duration answer, Duration idle) {
        return new NetworkLimits(
                pduLengthMaxBytes,
                readBufferBytes,
                commandSetMaxBytes,
                associate,
                connections,
                bytesPerSecondMin,
                connect,
                artim,
                answer,
                idle);
    }

    private NetworkLimits with(
            int newPduLength, AssociateLimits newAssociate, ConnectionLimits newConnections, int newBytesPerSecond) {
        return new NetworkLimits(
                newPduLength,
                readBufferBytes,
                commandSetMaxBytes,
                newAssociate,
                newConnections,
                newBytesPerSecond,
                connectTimeout,
                artimTimeout,
                answerTimeout,
                idleTimeout);
    }

    // A socket counts milliseconds in an int.
    private static boolean isUsable(Duration timeout) {
        return timeout.compareTo(Duration.ofMillis(1)) >= 0 && timeout.compareTo(Duration.ofDays(1)) <= 0;
    }

    static void check(boolean holds, String limit) {
        if (!holds) {
            throw new IllegalArgumentException(limit + " is out of its range");
        }
    }
}
