package io.portolan.bench;

import ca.uhn.fhir.context.FhirContext;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.MappingOptions;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.StudyMapper;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import io.portolan.testdata.SyntheticStudies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** A whole study to FHIR resources, and to JSON. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MapBenchmark {

    @Param({"2000", "20000", "100000"})
    public int instances;

    /** Whether equal headers are one object, as those of the ledger are, or each instance has its own, as in convert. */
    @Param({"true", "false"})
    public boolean shared;

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final StudyMapper mapper = new StudyMapper(MappingOptions.defaults("urn:oid:2.25.1"));

    private final Map<DataSet, DataSet> headers = new HashMap<>();

    @SuppressWarnings("NullAway.Init") // set by JMH's setup
    private Gathered gathered;

    @Setup
    public void gather() throws UnidentifiedInstanceException {
        List<Instance> all = new ArrayList<>();
        for (DataSet header : SyntheticStudies.ct(1, instances)) {
            Instance own = Instance.of(header);
            all.add(shared ? sharing(own) : own);
        }
        gathered = new Gathered(all.get(0).study(), all);
    }

    private Instance sharing(Instance own) {
        return new Instance(
                own.study(),
                own.series(),
                own.instance(),
                headers.computeIfAbsent(own.patientHeader(), header -> header),
                headers.computeIfAbsent(own.studyHeader(), header -> header),
                headers.computeIfAbsent(own.seriesHeader(), header -> header),
                own.instanceHeader(),
                own.callingAe(),
                own.resentAt());
    }

    @Benchmark
    public MappingResult map() {
        return mapper.map(gathered);
    }

    @Benchmark
    public String mapToJson() {
        return fhir.newJsonParser().encodeResourceToString(((Mapped) mapper.map(gathered)).imagingStudy());
    }
}
