package io.portolan.dicom.io;

/**
 * What a reader takes at most, so that no input can exhaust memory. Reaching one is a
 * {@link MalformedDataException.Kind#LIMIT}; a length is checked before memory is taken.
 *
 * @param elementBytesMax the value of one element that is kept
 * @param headerBytesMax all values that are kept of one data set
 * @param sequenceDepthMax sequences inside sequences
 * @param sequenceItemsMax items of all sequences of one data set together
 */
public record ReadLimits(int elementBytesMax, long headerBytesMax, int sequenceDepthMax, int sequenceItemsMax) {

    public static final ReadLimits DEFAULT = new ReadLimits(16 << 20, 16 << 20, 32, 100_000);
}
