package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.e2e.KeyObjects;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Found;
import io.portolan.gateway.convert.HeaderPool;
import io.portolan.gateway.convert.LocalFile;
import io.portolan.gateway.convert.Outcome;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import io.portolan.testdata.Case;
import io.portolan.testdata.Cases;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileRecordTest {

    private static final Found FILE =
            new Found(new LocalFile(Path.of("x")), "a/\u845B\n\"name", 123_456_789_012L, -5, null);

    private static void goesRound(FileRecord record) {
        ByteBuffer bytes = record.toBytes();
        assertThat(bytes.remaining()).isEqualTo(bytes.capacity()); // its size was told exactly
        assertThat(FileRecord.read(bytes.duplicate(), new HeaderPool(Optional.empty())))
                .isEqualTo(record);
        FileRecord.Head head = FileRecord.readHead(bytes.duplicate());
        assertThat(head.name()).isEqualTo(record.name());
        assertThat(head.size()).isEqualTo(record.size());
        assertThat(head.modified()).isEqualTo(record.modified());
        assertThat(head.last()).isEqualTo(record.last());
        assertThat(head.outcome()).isEqualTo(record.outcome());
        assertThat(head.reason()).isEqualTo(record.reason());
        assertThat(head.position()).isEqualTo(record.position());
        assertThat(head.study())
                .isEqualTo(record.instance().map(Instance::study).orElse(null));
    }

    @Test
    void goesRoundWithEveryOutcome() {
        for (Outcome outcome : Outcome.values()) {
            goesRound(FileRecord.of(FILE, outcome, null));
            goesRound(FileRecord.of(FILE, outcome, "why n\u00F6t")
                    .at(Long.MAX_VALUE)
                    .notLast());
        }
    }

    @Test
    void goesRoundWithTheInstancesOfAllCases() throws Exception {
        List<DataSet> headers = new ArrayList<>();
        Cases.all().stream().map(Case::instances).forEach(headers::addAll);
        SyntheticStudies.all().forEach(headers::addAll);
        int instances = 0;
        for (DataSet header : headers) {
            instances += goesRound(header) ? 1 : 0;
        }
        assertThat(instances).isGreaterThan(100);
    }

    @Test
    void goesRoundWithTheInstancesOfTheCorpus() throws Exception {
        String corpus = System.getProperty("portolan.corpus", "");
        try (Stream<Path> files = corpus.isEmpty() ? Stream.of() : Files.walk(Path.of(corpus))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Optional<DataSet> header = header(file);
                if (header.isPresent()) {
                    goesRound(header.get());
                }
            }
        }
    }

    private static Optional<DataSet> header(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, Selection.MAPPED, ReadLimits.DEFAULT)) {
            return Optional.of(reader.readHeader());
        } catch (MalformedDataException e) {
            return Optional.empty();
        }
    }

    private static boolean goesRound(DataSet header) {
        try {
            goesRound(FileRecord.of(FILE, Outcome.CONVERTED, null).with(Instance.of(header)));
            return true;
        } catch (UnidentifiedInstanceException e) {
            return false;
        }
    }

    @Test
    void knowsAKeyObjectByItsHead() throws Exception {
        List<DataSet> ct = SyntheticStudies.ctTwoSeries();
        Instance note = Instance.of(KeyObjects.of("1", "113000", "Of Interest", ct));
        FileRecord record = FileRecord.of(FILE, Outcome.CONVERTED, null);
        assertThat(FileRecord.readHead(record.with(note).toBytes()).keyObject()).isTrue();
        assertThat(FileRecord.readHead(record.with(Instance.of(ct.get(0))).toBytes())
                        .keyObject())
                .isFalse();
    }

    @Test
    void readsEqualHeadersOnce() throws Exception {
        HeaderPool pool = new HeaderPool(Optional.of("AE"));
        List<Instance> read = new ArrayList<>();
        for (DataSet header : SyntheticStudies.ctTwoSeries()) {
            ByteBuffer bytes = FileRecord.of(FILE, Outcome.CONVERTED, null)
                    .with(Instance.of(header))
                    .toBytes();
            read.add(FileRecord.read(bytes, pool).instance().orElseThrow());
        }
        assertThat(read).extracting(Instance::callingAe).containsOnly(Optional.of("AE"));
        assertThat(read.get(3).patientHeader()).isSameAs(read.get(0).patientHeader());
        assertThat(read.get(1).seriesHeader()).isSameAs(read.get(0).seriesHeader());
        assertThat(read.get(3).seriesHeader()).isNotEqualTo(read.get(0).seriesHeader());
    }
}
