package io.portolan.testdata.fuzz;

import static io.portolan.testdata.fuzz.RoundTrips.require;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.DicomDate;
import io.portolan.dicom.DicomTime;
import io.portolan.dicom.Element;
import io.portolan.dicom.Level;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads some bytes in every way that the reader has, and asks what it promises: it reads or refuses with a place in the
 * input, whatever way the stream gives its bytes; what was read can be decoded, written, and read again.
 */
final class ReadCheck {

    /** Small, so that a limit is reached by small inputs too, and memory stays small. */
    private static final ReadLimits LIMITS = new ReadLimits(64 << 10, 16 << 10, 256 << 10, 8, 1000, 1 << 20, 250);

    /** What is inflated is counted after it is there, a buffer at a time. */
    private static final long INFLATED_POSITION_MAX = LIMITS.inflatedBytesMax() + (64 << 10);

    interface Opening {
        DicomReader open(InputStream in, Selection selection, ReadLimits limits) throws IOException;
    }

    /** What came of one reading; equal however the bytes came. */
    private record Outcome(
            @Nullable TransferSyntax syntax,
            DataSet fileMeta,
            @Nullable DataSet header,
            String end) {}

    private ReadCheck() {}

    static Consumer<byte[]> of(TransferSyntax syntax) {
        return data -> check(
                data,
                (in, selection, limits) -> DicomReader.ofDataSet(in, syntax, selection, limits),
                syntax.deflated() ? INFLATED_POSITION_MAX : data.length);
    }

    static Consumer<byte[]> of(Opening opening) {
        return data -> check(data, opening, Math.max(data.length, INFLATED_POSITION_MAX));
    }

    private static void check(byte[] data, Opening opening, long positionMax) {
        DataSet mapped = check(data, opening, positionMax, Selection.MAPPED);
        DataSet all = check(data, opening, positionMax, Selection.ALL);
        if (mapped != null && all != null) {
            for (Element element : mapped) {
                require(all.find(element.tag()) != null, "all elements lack one that is mapped");
            }
        }
    }

    private static @Nullable DataSet check(byte[] data, Opening opening, long positionMax, Selection selection) {
        Outcome whole = read(new ByteArrayInputStream(data), opening, positionMax, selection);
        Outcome inPieces = read(new PiecewiseStream(data), opening, positionMax, selection);
        require(whole.equals(inPieces), "what is read depends on the pieces in which bytes arrive");
        Outcome seeking = read(new SeekingStream(data), opening, positionMax, selection);
        require(whole.equals(seeking), "what is read depends on skipping over the end");
        decode(whole.fileMeta);
        DataSet header = whole.header;
        if (header != null) {
            decode(header);
            RoundTrips.check(header);
        }
        return header;
    }

    private static Outcome read(InputStream in, Opening opening, long positionMax, Selection selection) {
        TransferSyntax syntax = null;
        DataSet fileMeta = DataSet.EMPTY;
        DataSet header = null;
        String end = "read";
        try (DicomReader reader = opening.open(in, selection, LIMITS)) {
            syntax = reader.transferSyntax();
            fileMeta = reader.fileMeta();
            header = reader.readHeader();
            reader.sopClassUid(header);
            reader.sopInstanceUid(header);
            reader.verifyToEnd();
        } catch (MalformedDataException e) {
            require(e.position() >= 0 && e.position() <= positionMax, "no place in the input: " + e.position());
            end = e.kind() + " " + e.getMessage();
        } catch (IOException e) {
            throw new AssertionError("an error of the stream, which has none", e);
        }
        return new Outcome(syntax, fileMeta, header, end);
    }

    /** Every value in every way: it need not be valid, but it may not fail. */
    private static void decode(DataSet dataSet) {
        for (Element element : dataSet) {
            for (String value : dataSet.strings(element.tag())) {
                DicomDate.parse(value);
                DicomTime.parse(value);
            }
            if (element.vr() == Vr.SQ) {
                element.items().forEach(ReadCheck::decode);
            }
        }
        for (Attribute attribute : Attribute.values()) {
            dataSet.names(attribute).forEach(name -> require(!name.text().isEmpty(), "a name without text"));
            dataSet.uid(attribute);
        }
        List.of(Level.values()).forEach(dataSet::at);
    }
}
