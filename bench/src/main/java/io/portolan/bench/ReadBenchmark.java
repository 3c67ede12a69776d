package io.portolan.bench;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The header of a small file, from memory: what the parser costs without the disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {

    private final byte[] file =
            SyntheticStudies.toFile(SyntheticStudies.ctTwoSeries().get(0));

    @Benchmark
    public DataSet header() throws IOException {
        return DicomReader.open(new ByteArrayInputStream(file), Selection.MAPPED, ReadLimits.DEFAULT)
                .readHeader();
    }
}
