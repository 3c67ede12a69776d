package io.portolan.testdata.fuzz;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.PersonName;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.Dump;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A header that was read goes out in each form and comes back the same, as far as that is promised: values are padded to
 * even length; in Implicit VR the dictionary says what an element is; the texts of JSON and dump are in UTF-8, without
 * padding, and a number that is cut off is none.
 */
final class RoundTrips {

    private static final int SHORT_LENGTH_MAX = 0xFFFE;

    private RoundTrips() {}

    static void require(boolean promise, String broken) {
        if (!promise) {
            throw new AssertionError(broken);
        }
    }

    static void check(DataSet header) {
        try {
            throughBytes(header, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
            throughBytes(ofTheDictionary(header), TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN);
            throughJson(header);
            throughDump(header);
        } catch (IOException e) {
            throw new AssertionError("what we wrote is refused: " + e.getMessage(), e);
        }
    }

    private static void throughBytes(DataSet header, TransferSyntax syntax) throws IOException {
        byte[] bytes = DataSetWriter.toBytes(header, syntax);
        DicomReader reader =
                DicomReader.ofDataSet(new ByteArrayInputStream(bytes), syntax, Selection.ALL, ReadLimits.DEFAULT);
        DataSet again = reader.readHeader();
        reader.verifyToEnd();
        require(sameButPadding(header, again), "changed by writing in " + syntax.name());
        require(Arrays.equals(bytes, DataSetWriter.toBytes(again, syntax)), "written anew in " + syntax.name());
    }

    private static boolean sameButPadding(DataSet written, DataSet read) {
        boolean same = written.size() == read.size();
        for (int i = 0; same && i < written.size(); i++) {
            Element before = written.elements().get(i);
            Element after = read.elements().get(i);
            int length = before.bytes().length;
            // PS3.5 6.2.2: too long a value for its VR is written as UN.
            boolean vr = before.vr() == after.vr() || length > SHORT_LENGTH_MAX;
            same = vr
                    && before.tag() == after.tag()
                    && after.bytes().length == length + length % 2
                    && Arrays.equals(before.bytes(), 0, length, after.bytes(), 0, length)
                    && before.items().size() == after.items().size();
            for (int item = 0; same && item < before.items().size(); item++) {
                same = sameButPadding(before.items().get(item), after.items().get(item));
            }
        }
        return same;
    }

    private static DataSet ofTheDictionary(DataSet dataSet) {
        DataSet.Builder known = DataSet.builder();
        for (Element element : dataSet) {
            if (Attribute.find(element.tag())
                    .filter(a -> a.vr() == element.vr())
                    .isPresent()) {
                List<DataSet> items = element.items().stream()
                        .map(RoundTrips::ofTheDictionary)
                        .toList();
                known.add(element.vr() == Vr.SQ ? Element.of(element.tag(), items) : element);
            }
        }
        return known.build();
    }

    static void throughJson(DataSet dataSet) throws IOException {
        String json = DicomJson.format(dataSet);
        DataSet again = DicomJson.parse(json);
        require(sameValues(withoutGroupLengths(dataSet.inUtf8()), again), "changed by JSON");
        require(json.equals(DicomJson.format(again)), "JSON written anew is another");
    }

    /** PS3.18 F.2.2: they do not go into JSON. */
    private static DataSet withoutGroupLengths(DataSet dataSet) {
        DataSet.Builder kept = DataSet.builder(CharacterSet.UTF_8);
        for (Element element : dataSet.where(tag -> (tag & 0xFFFF) != 0)) {
            List<DataSet> items = element.items().stream()
                    .map(RoundTrips::withoutGroupLengths)
                    .toList();
            kept.add(element.vr() == Vr.SQ ? Element.of(element.tag(), items) : element);
        }
        return kept.build();
    }

    static void throughDump(DataSet dataSet) throws IOException {
        DataSet again = Dump.parse(Dump.format(dataSet));
        require(sameValues(dataSet.inUtf8(), again.inUtf8()), "changed by a dump");
        String dump = Dump.format(again);
        require(dump.equals(Dump.format(Dump.parse(dump))), "a dump written anew is another");
    }

    /** Of two data sets in UTF-8. */
    private static boolean sameValues(DataSet before, DataSet after) {
        boolean same = before.size() == after.size()
                && before.characterSet() == CharacterSet.UTF_8
                && after.characterSet() == CharacterSet.UTF_8;
        for (int i = 0; same && i < before.size(); i++) {
            same = sameValue(
                    before, before.elements().get(i), after, after.elements().get(i));
        }
        return same;
    }

    private static boolean sameValue(DataSet before, Element element, DataSet after, Element again) {
        boolean same = element.tag() == again.tag()
                && element.vr() == again.vr()
                && element.items().size() == again.items().size()
                && (element.vr().kind() != Vr.Kind.BYTES || element.equals(again));
        for (int item = 0; same && item < element.items().size(); item++) {
            same = sameValues(element.items().get(item), again.items().get(item));
        }
        return same && texts(before, element).equals(texts(after, again));
    }

    /** Without the empty values at the end; of names what their groups say, since padding and delimiters may go. */
    private static List<?> texts(DataSet owner, Element element) {
        List<String> texts = owner.strings(element.tag());
        int end = texts.size();
        while (end > 0 && PersonName.parse(texts.get(end - 1)).isEmpty()) {
            end--;
        }
        List<String> told = texts.subList(0, end);
        return element.vr() == Vr.PN ? told.stream().map(RoundTrips::name).toList() : told;
    }

    private static PersonName name(String value) {
        int end = value.length();
        while (end > 0 && (value.charAt(end - 1) == '=' || value.charAt(end - 1) <= ' ')) {
            end--;
        }
        String[] groups = value.substring(0, end).split("=", 3);
        return PersonName.parse(Arrays.stream(groups).map(String::trim).collect(Collectors.joining("=")));
    }
}
