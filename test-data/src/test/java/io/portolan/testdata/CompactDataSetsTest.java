package io.portolan.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Level;
import io.portolan.dicom.io.CompactDataSets;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is written is what is read, in as many bytes as were told. */
class CompactDataSetsTest {

    private static void goesRound(DataSet dataSet) {
        int size = CompactDataSets.size(dataSet);
        ByteBuffer bytes = ByteBuffer.allocate(size + 3).position(3);
        CompactDataSets.write(dataSet, bytes);
        assertThat(bytes.remaining()).isZero();
        bytes.position(3);
        assertThat(CompactDataSets.skip(bytes.duplicate())).isEqualTo(size);
        assertThat(CompactDataSets.read(bytes)).isEqualTo(dataSet);
        assertThat(bytes.remaining()).isZero();
    }

    /** As an instance has it: by level, in UTF-8. */
    private static void goesRoundByLevel(DataSet header) {
        for (Level level : Level.values()) {
            goesRound(header.at(level, Map.of()));
        }
    }

    @Test
    void takesNothing() {
        goesRound(DataSet.EMPTY);
        assertThat(CompactDataSets.read(ByteBuffer.allocate(4)).isEmpty()).isTrue();
    }

    @Test
    void takesTheInstancesOfAllCases() {
        List<DataSet> all = new ArrayList<>();
        Cases.all().forEach(one -> all.addAll(one.instances()));
        SyntheticStudies.all().forEach(all::addAll);
        assertThat(all).hasSizeGreaterThan(100).allSatisfy(CompactDataSetsTest::goesRoundByLevel);
    }

    @Test
    void takesTextsInTheirOwnCharacterSetAsUtf8() {
        DataSet name = SyntheticStudies.japaneseName().get(0).at(Level.PATIENT, Map.of());
        assertThat(name.characterSet()).isEqualTo(CharacterSet.UTF_8);
        goesRound(name);
    }

    @Test
    void takesTheCorpus() throws Exception {
        String corpus = System.getProperty("portolan.corpus", "");
        try (Stream<Path> files = corpus.isEmpty() ? Stream.of() : Files.walk(Path.of(corpus))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                header(file).ifPresent(CompactDataSetsTest::goesRoundByLevel);
            }
        }
    }

    private static Optional<DataSet> header(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.ALL, ReadLimits.DEFAULT)) {
            return Optional.of(reader.readHeader());
        } catch (MalformedDataException e) {
            return Optional.empty();
        }
    }
}
