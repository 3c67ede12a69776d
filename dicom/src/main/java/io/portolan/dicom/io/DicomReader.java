package io.portolan.dicom.io;

import static io.portolan.dicom.io.MalformedDataException.Kind.NOT_DICOM;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.Tag;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * Reads the header of an instance from a stream: a PS3.10 file, a data set without file meta information, or the data
 * set of a C-STORE, whose transfer syntax the association has agreed on.
 *
 * <pre>
 * PS3.10 7.1    | preamble 128 | DICM | group 0002, Explicit VR Little Endian | data set in (0002,0010) |
 * </pre>
 *
 * The header ends at the last selected attribute; {@link #verifyToEnd()} then moves over the rest, pixels included,
 * without holding them. The stream is not closed here. One reader, one thread.
 */
public final class DicomReader {

    private static final int PREAMBLE_BYTES = 128;
    private static final byte[] DICM = "DICM".getBytes(StandardCharsets.US_ASCII);
    private static final int GROUP_MAX_OF_A_FIRST_ELEMENT = 0x0010;

    private final DataSet fileMeta;
    private final TransferSyntax transferSyntax;
    private final long dataSetPosition;
    private final DataSetParser parser;

    private DicomReader(
            ByteSource source,
            DataSet fileMeta,
            TransferSyntax transferSyntax,
            Selection selection,
            ReadLimits limits) {

        this.fileMeta = fileMeta;
        this.transferSyntax = transferSyntax;
        this.dataSetPosition = source.position();
        source.bigEndian = transferSyntax.bigEndian();
        if (transferSyntax.deflated()) {
            // PS3.5 A.5: the deflate bit stream has no zlib header.
            source.replace(in -> new InflaterInputStream(in, new Inflater(true)));
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
        if (startsWithDicm(source)) {
            source.advance(PREAMBLE_BYTES + DICM.length);
        }
        DataSet fileMeta = readFileMeta(source, limits);
        TransferSyntax syntax = fileMeta.strings(Tag.TRANSFER_SYNTAX_UID).stream()
                .findFirst()
                .flatMap(Uid::parse)
                .map(TransferSyntax::of)
                .orElse(null);
        // Deviation from PS3.10 7.1: without a declared transfer syntax the first element tells.
        return new DicomReader(source, fileMeta, syntax == null ? guess(source) : syntax, selection, limits);
    }

    /** A data set whose transfer syntax is known. */
    public static DicomReader ofDataSet(
            InputStream in, TransferSyntax transferSyntax, Selection selection, ReadLimits limits) {
        return new DicomReader(new ByteSource(in), DataSet.EMPTY, transferSyntax, selection, limits);
    }

    /** Group 0002; empty where there is none. */
    public DataSet fileMeta() {
        return fileMeta;
    }

    public TransferSyntax transferSyntax() {
        return transferSyntax;
    }

    /** Offset in bytes of the data set, behind preamble and file meta information. */
    public long dataSetPosition() {
        return dataSetPosition;
    }

    /** SOPClassUID of the file meta information, which a sender needs; else of the header. */
    public Optional<Uid> sopClassUid(DataSet header) {
        return uid(Tag.MEDIA_STORAGE_SOP_CLASS_UID, header, Attribute.SOPClassUID);
    }

    /** SOPInstanceUID of the file meta information, which a sender needs; else of the header. */
    public Optional<Uid> sopInstanceUid(DataSet header) {
        return uid(Tag.MEDIA_STORAGE_SOP_INSTANCE_UID, header, Attribute.SOPInstanceUID);
    }

    private Optional<Uid> uid(int metaTag, DataSet header, Attribute attribute) {
        return header.uid(attribute)
                .or(() -> fileMeta.strings(metaTag).stream().findFirst().flatMap(Uid::parse));
    }

    /**
     * The selected attributes. To be called once.
     *
     * @throws MalformedDataException says where and why
     */
    public DataSet readHeader() throws IOException {
        return parser.readHeader();
    }

    /**
     * Moves over the rest of the data set. To be called once, after {@link #readHeader()}.
     *
     * @throws MalformedDataException when the data set is cut off or its lengths do not fit
     */
    public void verifyToEnd() throws IOException {
        parser.verifyToEnd();
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
        return true;
    }

    /** Elements of group 0002, whatever the group length says. */
    private static DataSet readFileMeta(ByteSource source, ReadLimits limits) throws IOException {
        DataSet.Builder meta = DataSet.builder();
        while (source.has(8) && source.peekU16(0) == 0x0002) {
            int tag = source.peekTag(0);
            Vr vr = Vr.find(source.peek(4), source.peek(5));
            // Deviation from PS3.10 7.1: some writers encode the file meta information as Implicit VR.
            int headerBytes = vr != null && vr.longLength() ? 12 : 8;
            if (!source.has(headerBytes)) {
                break;
            }
            long length = vr == null
                    ? Integer.toUnsignedLong(source.peekU32(4))
                    : vr.longLength() ? Integer.toUnsignedLong(source.peekU32(8)) : source.peekU16(6);
            if (length > limits.elementBytesMax()) {
                throw new MalformedDataException(
                        MalformedDataException.Kind.LIMIT,
                        source.position(),
                        Tag.format(tag),
                        "value of " + length + " bytes; the limit is " + limits.elementBytesMax());
            }
            source.advance(headerBytes);
            byte[] bytes = source.read((int) length);
            if (bytes.length < length) {
                throw new MalformedDataException(
                        MalformedDataException.Kind.TRUNCATED,
                        source.position(),
                        Tag.format(tag),
                        "a value of " + length + " bytes is cut off after " + bytes.length);
            }
            meta.add(Element.of(tag, vr == null ? Vr.UI : vr, bytes));
        }
        return meta.build();
    }

    /** PS3.5 7.1: what the first element can be in each syntax; anything else is not DICOM. */
    private static TransferSyntax guess(ByteSource source) throws IOException {
        if (!source.has(8)) {
            throw new MalformedDataException(NOT_DICOM, source.position(), "", "not DICOM: no data set");
        }
        int little = source.peek(1) << 8 | source.peek(0);
        int big = source.peek(0) << 8 | source.peek(1);
        boolean vr = Vr.find(source.peek(4), source.peek(5)) != null;
        if (little >= 0x0004 && little <= GROUP_MAX_OF_A_FIRST_ELEMENT) {
            if (vr) {
                return TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
            }
            long length = Integer.toUnsignedLong(source.peekU32(4));
            if (length <= 0xFFFF) {
                return TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN;
            }
        }
        if (vr && big >= 0x0004 && big <= GROUP_MAX_OF_A_FIRST_ELEMENT) {
            return TransferSyntax.EXPLICIT_VR_BIG_ENDIAN;
        }
        throw new MalformedDataException(
                NOT_DICOM, source.position(), "", "not DICOM: neither a preamble nor a plausible first element");
    }
}
