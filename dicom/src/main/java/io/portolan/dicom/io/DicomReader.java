package io.portolan.dicom.io;

import static io.portolan.dicom.io.MalformedDataException.Kind.LIMIT;
import static io.portolan.dicom.io.MalformedDataException.Kind.NOT_DICOM;
import static io.portolan.dicom.io.MalformedDataException.Kind.TRUNCATED;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.MalformedDataException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of an instance from a stream: a PS3.10 file, a data set without file meta information, or the data
 * set of a C-STORE, whose transfer syntax the association has agreed on.
 *
 * <pre>
 * PS3.10 7.1    | preamble 128 | DICM | group 0002, Explicit VR Little Endian | data set in (0002,0010) |
 * </pre>
 *
 * The header ends at the last selected attribute; {@link #verifyToEnd()} then moves over the rest, pixels included,
 * without holding them; in a file it seeks. A stream that was handed in is not closed here. One reader, one thread.
 *
 * <p>{@link MalformedDataException} is about the input, at a byte counted from where reading began (of a deflated data
 * set, from where that begins, inflated). Any other {@link IOException} is the stream's own and passes through.
 */
public final class DicomReader implements HeaderReader {

    private static final int PREAMBLE_BYTES = 128;
    private static final byte[] DICM = "DICM".getBytes(StandardCharsets.US_ASCII);
    private static final int GROUP_MAX_OF_A_FIRST_ELEMENT = 0x0010;

    private final ByteSource source;
    private @Nullable Closeable file;
    private final DataSet fileMeta;
    private final TransferSyntax transferSyntax;
    private final long dataSetPosition;
    private final DataSetParser parser;

    private DicomReader(
            ByteSource source, DataSet fileMeta, TransferSyntax transferSyntax, Selection selection, ReadLimits limits)
            throws IOException {

        this.source = source;
        this.fileMeta = fileMeta;
        this.transferSyntax = transferSyntax;
        this.dataSetPosition = source.position();
        source.bigEndian = transferSyntax.bigEndian();
        if (transferSyntax.deflated()) {
            source.inflate(limits);
        }
        this.parser = new DataSetParser(source, transferSyntax.explicitVr(), selection, limits);
    }

    /**
     * Looks at the first bytes: with or without preamble and file meta information.
     *
     * @throws MalformedDataException when this is not DICOM, or the file meta information is cut off
     */
    public static DicomReader open(InputStream in, Selection selection, ReadLimits limits) throws IOException {
        ByteSource source = new ByteSource(in);
        boolean prefixed = startsWithDicm(source);
        if (prefixed) {
            source.advance(PREAMBLE_BYTES + DICM.length);
        }
        DataSet fileMeta = readFileMeta(source, limits);
        return new DicomReader(source, fileMeta, transferSyntax(source, fileMeta, prefixed), selection, limits);
    }

    /**
     * As {@link #open(InputStream, Selection, ReadLimits)}, of a file, which {@link #close()} closes. What is not read
     * is not fetched: a multi-frame object of 2 GB costs what a small one does.
     *
     * @throws IOException also when there is no such file, or it cannot be read
     */
    public static DicomReader open(Path path, Selection selection, ReadLimits limits) throws IOException {
        InputStream in = Files.newInputStream(path);
        try {
            DicomReader reader = open(in, selection, limits);
            reader.file = in;
            return reader;
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** A data set whose transfer syntax is known. */
    public static DicomReader ofDataSet(
            InputStream in, TransferSyntax transferSyntax, Selection selection, ReadLimits limits) throws IOException {
        return new DicomReader(new ByteSource(in), DataSet.EMPTY, transferSyntax, selection, limits);
    }

    @Override
    public DataSet fileMeta() {
        return fileMeta;
    }

    @Override
    public TransferSyntax transferSyntax() {
        return transferSyntax;
    }

    /** Offset in bytes of the data set, behind preamble and file meta information. */
    public long dataSetPosition() {
        return dataSetPosition;
    }

    /** SOPClassUID of the header; else of the file meta information. */
    public Optional<Uid> sopClassUid(DataSet header) {
        return uid(Tag.MEDIA_STORAGE_SOP_CLASS_UID, header, Attribute.SOPClassUID);
    }

    /** SOPInstanceUID of the header; else of the file meta information. */
    public Optional<Uid> sopInstanceUid(DataSet header) {
        return uid(Tag.MEDIA_STORAGE_SOP_INSTANCE_UID, header, Attribute.SOPInstanceUID);
    }

    private Optional<Uid> uid(int metaTag, DataSet header, Attribute attribute) {
        return header.uid(attribute)
                .or(() -> fileMeta.strings(metaTag).stream().findFirst().flatMap(Uid::parse));
    }

    @Override
    public DataSet readHeader() throws IOException {
        return parser.readHeader();
    }

    @Override
    public void verifyToEnd() throws IOException {
        parser.verifyToEnd();
    }

    /** Closes the file that was opened here; of a stream that was handed in, gives back what inflating it took. */
    @Override
    public void close() throws IOException {
        source.close();
        if (file != null) {
            file.close();
        }
    }

    private static boolean startsWithDicm(ByteSource source) throws IOException {
        if (!source.has(PREAMBLE_BYTES + DICM.length)) {
            return false;
        }
        for (int i = 0; i < DICM.length; i++) {
            if (source.peek(PREAMBLE_BYTES + i) != DICM[i]) {
                return false;
            }
        }
        // Four bytes of a data set without preamble may spell DICM as well.
        return !source.has(PREAMBLE_BYTES + DICM.length + 2)
                || source.peekU16(PREAMBLE_BYTES + DICM.length) == 0x0002
                || firstElement(source, GROUP_MAX_OF_A_FIRST_ELEMENT) == null;
    }

    /** Elements of group 0002, whatever the group length says. */
    private static DataSet readFileMeta(ByteSource source, ReadLimits limits) throws IOException {
        DataSet.Builder meta = DataSet.builder();
        long bytesLeft = limits.headerBytesMax();
        while (source.has(8) && source.peekU16(0) == 0x0002) {
            int tag = source.peekTag(0);
            Vr vr = Vr.find(source.peek(4), source.peek(5));
            // Deviation from PS3.10 7.1: some writers encode the file meta information as Implicit VR.
            int headerBytes = vr != null && vr.longLength() ? 12 : 8;
            if (!source.has(headerBytes)) {
                throw malformed(TRUNCATED, source, tag, "an element header is cut off");
            }
            long length = vr == null
                    ? Integer.toUnsignedLong(source.peekU32(4))
                    : vr.longLength() ? Integer.toUnsignedLong(source.peekU32(8)) : source.peekU16(6);
            bytesLeft -= length + DataSetParser.ELEMENT_BYTES;
            if (length > limits.elementBytesMax() || bytesLeft < 0) {
                throw malformed(LIMIT, source, tag, "file meta information with a value of " + length + " bytes");
            }
            source.advance(headerBytes);
            byte[] bytes = source.read((int) length);
            if (bytes.length < length) {
                throw malformed(TRUNCATED, source, tag, "a value of " + length + " bytes is cut off");
            }
            meta.add(Element.of(tag, vr == null ? Vr.UI : vr, bytes));
        }
        return meta.build();
    }

    private static MalformedDataException malformed(Kind kind, ByteSource source, int tag, String reason) {
        return new MalformedDataException(kind, source.position(), Tag.format(tag), reason);
    }

    private static TransferSyntax transferSyntax(ByteSource source, DataSet fileMeta, boolean prefixed)
            throws IOException {
        Uid uid = fileMeta.strings(Tag.TRANSFER_SYNTAX_UID).stream()
                .findFirst()
                .flatMap(Uid::parse)
                .orElse(null);
        if (uid == null) {
            // Deviation from PS3.10 7.1: without a declared transfer syntax the first element tells.
            return guess(source, prefixed);
        }
        TransferSyntax declared = TransferSyntax.of(uid);
        if (!source.has(8) || declared.bigEndian() || declared.deflated()) {
            return declared;
        }
        boolean hasVr = Vr.find(source.peek(4), source.peek(5)) != null;
        if (!declared.explicitVr() && hasVr) {
            // Deviation from PS3.10 7.1: declared implicit and written explicit; no first element is so long that its
            // length spells a VR.
            return TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
        }
        if (TransferSyntax.find(uid).isEmpty() && !hasVr) {
            // A private transfer syntax (GE 1.2.840.113619.5.2) may be implicit.
            return new TransferSyntax(uid, declared.name(), false, false, false, true);
        }
        return declared;
    }

    private static TransferSyntax guess(ByteSource source, boolean prefixed) throws IOException {
        if (!source.has(8)) {
            throw new MalformedDataException(NOT_DICOM, source.position(), "", "not DICOM: no data set");
        }
        TransferSyntax guess = firstElement(source, prefixed ? 0x7FE0 : GROUP_MAX_OF_A_FIRST_ELEMENT);
        if (guess == null) {
            throw new MalformedDataException(
                    NOT_DICOM, source.position(), "", "not DICOM: neither a preamble nor a plausible first element");
        }
        return guess;
    }

    /** PS3.5 7.1: what the first element can be in each syntax; null when it is none. */
    private static @Nullable TransferSyntax firstElement(ByteSource source, int groupMax) {
        int little = source.peek(1) << 8 | source.peek(0);
        int big = source.peek(0) << 8 | source.peek(1);
        boolean vr = Vr.find(source.peek(4), source.peek(5)) != null;
        if (vr && big >= 0x0004 && big <= GROUP_MAX_OF_A_FIRST_ELEMENT) {
            return TransferSyntax.EXPLICIT_VR_BIG_ENDIAN;
        }
        if (little < 0x0004 || little > groupMax) {
            return null;
        }
        if (vr) {
            return TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
        }
        long length = Integer.toUnsignedLong(source.peekU32(4));
        return length <= 0xFFFF ? TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN : null;
    }
}
