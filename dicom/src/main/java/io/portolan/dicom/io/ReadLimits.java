package io.portolan.dicom.io;

/**
 * What a reader takes at most, so that no input can exhaust memory or time. Reaching one is a
 * {@link MalformedDataException.Kind#LIMIT}; a length is checked before memory is taken.
 *
 * @param elementBytesMax the value of one element that is kept
 * @param textBytesMax the value of one element of text that is kept, all its values together
 * @param headerBytesMax all elements that are kept of one data set, each counted with its value and 32 bytes
 * @param sequenceDepthMax sequences inside sequences, at most {@value #SEQUENCE_DEPTH_CEILING}
 * @param sequenceItemsMax items that are kept, of all sequences of one data set together
 * @param inflatedBytesMax what a deflated data set may inflate to
 * @param inflateRatioMax how many times its size a deflated data set may inflate to; the first
 *     {@value #INFLATE_UNJUDGED_BYTES} bytes are not judged, for a small header of zeros is no attack
 */
public record ReadLimits(
        int elementBytesMax,
        int textBytesMax,
        long headerBytesMax,
        int sequenceDepthMax,
        int sequenceItemsMax,
        long inflatedBytesMax,
        int inflateRatioMax) {

    /** Sequences are read by recursion; so deep it is safe on any thread. */
    public static final int SEQUENCE_DEPTH_CEILING = 128;

    public static final int INFLATE_UNJUDGED_BYTES = 16 << 20;

    /** 16 MiB for an element and for a header, 1 MiB for a text, 2 GiB inflated, 250 times its size. */
    public static final ReadLimits DEFAULT = new ReadLimits(16 << 20, 1 << 20, 16 << 20, 32, 100_000, 2L << 30, 250);

    /** @throws IllegalArgumentException when a limit is negative, the ratio 0 or the depth above its ceiling */
    public ReadLimits {
        if (elementBytesMax < 0
                || textBytesMax < 0
                || headerBytesMax < 0
                || sequenceItemsMax < 0
                || inflatedBytesMax < 0
                || inflateRatioMax < 1) {
            throw new IllegalArgumentException("a limit that is negative, or a ratio of nothing");
        }
        if (sequenceDepthMax < 0 || sequenceDepthMax > SEQUENCE_DEPTH_CEILING) {
            throw new IllegalArgumentException("sequenceDepthMax is not 0 to " + SEQUENCE_DEPTH_CEILING);
        }
    }

    /** The same but for what is kept. */
    public ReadLimits withHeader(int elementBytes, long headerBytes, int sequenceDepth, int sequenceItems) {
        return new ReadLimits(
                elementBytes,
                textBytesMax,
                headerBytes,
                sequenceDepth,
                sequenceItems,
                inflatedBytesMax,
                inflateRatioMax);
    }

    /** The same but for a text. */
    public ReadLimits withTextBytes(int bytes) {
        return new ReadLimits(
                elementBytesMax,
                bytes,
                headerBytesMax,
                sequenceDepthMax,
                sequenceItemsMax,
                inflatedBytesMax,
                inflateRatioMax);
    }

    /** The same but for what is deflated. */
    public ReadLimits withInflated(long bytes, int ratio) {
        return new ReadLimits(
                elementBytesMax, textBytesMax, headerBytesMax, sequenceDepthMax, sequenceItemsMax, bytes, ratio);
    }
}
