package io.portolan.dicom.engine;

/**
 * What an A-ASSOCIATE-RQ or -AC of a peer may cost; one that goes beyond is answered with A-ABORT, invalid-PDU-parameter-value.
 * It has at most 128 presentation contexts, since their identifiers are odd, below 256 and different (PS3.8 9.3.2.2).
 *
 * @param lengthMaxBytes      its PDU-length: 128 contexts with every transfer syntax that is known come to about 200 KB
 * @param itemsMax            items, sub-items and the texts within these, all together
 * @param transferSyntaxesMax of one presentation context
 */
public record AssociateLimits(int lengthMaxBytes, int itemsMax, int transferSyntaxesMax) {

    public static final AssociateLimits DEFAULT = new AssociateLimits(256 * 1024, 10_000, 128);

    /** @throws IllegalArgumentException naming the limit that is out of its range */
    public AssociateLimits {
        NetworkLimits.check(lengthMaxBytes >= 1024 && lengthMaxBytes <= 16 << 20, "lengthMaxBytes");
        NetworkLimits.check(itemsMax >= 16 && itemsMax <= 1 << 20, "itemsMax");
        NetworkLimits.check(transferSyntaxesMax >= 1 && transferSyntaxesMax <= 10_000, "transferSyntaxesMax");
    }
}
