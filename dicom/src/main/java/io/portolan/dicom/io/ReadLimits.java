package io.portolan.dicom.io;

/**
 * What a reader takes at most, so that no input can exhaust memory. Reaching one is a
 * {@link MalformedDataException.Kind#LIMIT}; a length is checked before memory is taken.
 *
 * @param elementBytesMax the value of one element that is kept
 * @param headerBytesMax all elements that are kept of one data set, each counted with its value and 32 bytes
 * @param sequenceDepthMax sequences inside sequences, at most {@value #SEQUENCE_DEPTH_CEILING}
 * @param sequenceItemsMax items that are kept, of all sequences of one data set together
 * @param inflatedBytesMax what a deflated data set may inflate to
 */
public record ReadLimits(
        int elementBytesMax, long headerBytesMax, int sequenceDepthMax, int sequenceItemsMax, long inflatedBytesMax) {

    /** Sequences are read by recursion; so deep it is safe on any thread. */
    public static final int SEQUENCE_DEPTH_CEILING = 128;

    public static final ReadLimits DEFAULT = new ReadLimits(16 << 20, 16 << 20, 32, 100_000);

    /** @throws IllegalArgumentException when a limit is negative or the depth above its ceiling */
    public ReadLimits {
        if (elementBytesMax < 0 || headerBytesMax < 0 || sequenceItemsMax < 0 || inflatedBytesMax < 0) {
            throw new IllegalArgumentException("a negative limit");
        }
        if (sequenceDepthMax < 0 || sequenceDepthMax > SEQUENCE_DEPTH_CEILING) {
            throw new IllegalArgumentException("sequenceDepthMax is not 0 to " + SEQUENCE_DEPTH_CEILING);
        }
    }

    /** With 2 GiB for what a deflated data set may inflate to. */
    public ReadLimits(int elementBytesMax, long headerBytesMax, int sequenceDepthMax, int sequenceItemsMax) {
        this(elementBytesMax, headerBytesMax, sequenceDepthMax, sequenceItemsMax, 2L << 30);
    }
}
