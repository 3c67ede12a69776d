package io.portolan.dicom.engine;

/**
 * How many connections there are at once.
 *
 * @param associationsMax        associations; more are rejected with "local limit exceeded"
 * @param associationsPerPeerMax associations of one host, likewise
 * @param waitingMax             connections that have no association: those that have not yet sent their whole A-ASSOCIATE-RQ, and
 *     those that were rejected and are still there. One more takes the place of the one that has been there longest, which is
 *     closed
 */
public record ConnectionLimits(int associationsMax, int associationsPerPeerMax, int waitingMax) {

    public static final ConnectionLimits DEFAULT = new ConnectionLimits(64, 64, 64);

    /** @throws IllegalArgumentException naming the limit that is out of its range */
    public ConnectionLimits {
        NetworkLimits.check(associationsMax >= 1 && associationsMax <= 10_000, "associationsMax");
        NetworkLimits.check(associationsPerPeerMax >= 1 && associationsPerPeerMax <= 10_000, "associationsPerPeerMax");
        NetworkLimits.check(waitingMax >= 1 && waitingMax <= 10_000, "waitingMax");
    }
}
