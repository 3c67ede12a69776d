package io.portolan.dicom.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Vr;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A data set that came whole is reduced to what a reader would have kept of it. */
class SelectionTest {

    private static final int PRIVATE_TAG = 0x0009_1001;
    private static final int CONTENT = Attribute.ContentSequence.tag();

    @Test
    void keepsWhatTheReaderKeepsOfEverything() throws IOException {
        DataSet everything = read(Samples.everything(), Selection.ALL);
        for (Selection selection : List.of(
                Selection.MAPPED,
                Selection.mappedAnd(List.of(PRIVATE_TAG, 0x0040_0555)),
                Selection.MAPPED.before(Attribute.PatientID.tag()),
                Selection.ALL)) {
            assertThat(selection.of(everything)).isEqualTo(read(everything, selection));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepsTheContentOfAKeyObjectSelectionOnly(boolean keyObject) throws IOException {
        DataSet item = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.TextValue, "text")
                .add(Element.of(0x0040_A040, Vr.CS, new byte[] {'A', ' '})) // ValueType, which nobody maps
                .add(Attribute.ContentSequence, List.of(DataSet.EMPTY))
                .build();
        DataSet.Builder written = DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, keyObject ? SopClass.KEY_OBJECT_SELECTION.value() : "1.2.3")
                .add(Attribute.ContentSequence, List.of(item));
        DataSet document = read(written.build(), Selection.ALL);
        DataSet kept = Selection.MAPPED.of(document);
        assertThat(kept.find(CONTENT) != null).isEqualTo(keyObject);
        assertThat(kept).isEqualTo(read(document, Selection.MAPPED));
        assertThat(Selection.MAPPED.keepsOfTop(CONTENT, keyObject)).isEqualTo(keyObject);
    }

    @Test
    void keepsNoPixelsAndReadsUnknownInItsOwnVr() {
        DataSet dataSet = DataSet.builder(CharacterSet.UTF_8)
                .add(Element.of(Attribute.PatientID.tag(), Vr.UN, new byte[] {'7', ' '}))
                .add(Element.of(0x7FE0_0010, Vr.OW, new byte[2]))
                .build();
        DataSet kept = Selection.mappedAnd(List.of(0x7FE0_0010)).of(dataSet);
        assertThat(kept.elements())
                .containsExactly(Element.of(Attribute.PatientID.tag(), Vr.LO, new byte[] {'7', ' '}));
    }

    /** Two ways to the same header: the reader's, and all of it through JSON. */
    @Test
    @EnabledIfSystemProperty(named = "portolan.corpus", matches = ".+")
    void keepsTheSameOfRealFilesThroughJson() throws IOException {
        Path corpus = Path.of(System.getProperty("portolan.corpus"));
        List<String> different = new ArrayList<>();
        int same = 0;
        for (Path file : CorpusOutcomes.files(corpus)) {
            DataSet whole;
            DataSet header;
            try (DicomReader all = DicomReader.open(file, Selection.ALL, ReadLimits.DEFAULT);
                    DicomReader mapped = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
                whole = all.readHeader();
                header = mapped.readHeader();
            } catch (MalformedDataException e) {
                continue; // CorpusTest says which
            }
            String direct = DicomJson.format(header);
            String throughJson = DicomJson.format(Selection.MAPPED.of(DicomJson.parse(DicomJson.format(whole))));
            if (direct.equals(throughJson)) {
                same++;
            } else {
                different.add(corpus.relativize(file).toString());
            }
        }
        assertThat(different).isEmpty();
        assertThat(same).isGreaterThan(300);
    }

    private static DataSet read(DataSet dataSet, Selection selection) throws IOException {
        byte[] bytes = DataSetWriter.toBytes(dataSet, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        try (DicomReader reader = DicomReader.ofDataSet(
                new ByteArrayInputStream(bytes),
                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN,
                selection,
                ReadLimits.DEFAULT)) {
            return reader.readHeader();
        }
    }
}
