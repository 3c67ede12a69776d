package io.portolan.bench;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.testdata.SyntheticStudies;
import io.portolan.testdata.fuzz.FuzzTarget;
import io.portolan.testdata.fuzz.Seeds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One header, from memory: what the parser costs without the disk. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {

    /** A small CT. */
    @State(Scope.Benchmark)
    public static class Ct {
        private final byte[] file =
                SyntheticStudies.toFile(SyntheticStudies.ctTwoSeries().get(0));
    }

    /** The instances of all golden cases in one transfer syntax, one after the other. */
    @State(Scope.Benchmark)
    public static class GoldenCases {

        @Param({"implicit-little", "explicit-little", "explicit-big", "deflated"})
        public String form = "";

        private TransferSyntax syntax = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
        private List<byte[]> dataSets = List.of();
        private int next;

        @Setup
        public void encode() {
            FuzzTarget target = FuzzTarget.titled(form).orElseThrow();
            syntax = target.syntax().orElseThrow();
            dataSets = Seeds.of(target);
        }

        private byte[] next() {
            next = (next + 1) % dataSets.size();
            return dataSets.get(next);
        }
    }

    @Benchmark
    public DataSet header(Ct ct) throws IOException {
        return DicomReader.open(new ByteArrayInputStream(ct.file), Selection.MAPPED, ReadLimits.DEFAULT)
                .readHeader();
    }

    @Benchmark
    public DataSet caseHeader(GoldenCases cases) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(cases.next());
        try (DicomReader reader = DicomReader.ofDataSet(in, cases.syntax, Selection.MAPPED, ReadLimits.DEFAULT)) {
            return reader.readHeader();
        }
    }
}
