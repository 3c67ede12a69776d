package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.testdata.SyntheticStudies;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A DICOMweb server that does as it is told, with the synthetic studies in it. */
abstract class DicomWebRoom {

    static final Uid CT = new Uid("2.25.7113.1");
    static final Uid CT_FIRST = new Uid("2.25.7113.1.1");
    static final List<Duration> TWICE_MORE = List.of(Duration.ZERO, Duration.ZERO);

    FakeDicomWeb server;
    final Pace pace = new Pace(1, 0); // a turn that is not given back stops everything

    @BeforeEach
    void start() throws IOException {
        server = new FakeDicomWeb();
        SyntheticStudies.all().forEach(server::put);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    DicomWebOptions options() {
        return DicomWebOptions.of(server.base(), HttpCredentials.NONE, Selection.MAPPED, pace)
                .with(new DicomWebOptions.Times(Duration.ofSeconds(20), Duration.ofMinutes(1), List.of()));
    }

    DicomWebSource source() {
        return new DicomWebSource(options());
    }

    DicomWebSource source(UnaryOperator<DicomWebOptions> with) {
        return new DicomWebSource(with.apply(options()));
    }

    static List<DataSet> headers(DicomWebSource source, Uid study, Uid... series) throws Exception {
        List<DataSet> told = new ArrayList<>();
        source.headers(study, List.of(series), told::add);
        return told.stream().map(DataSet::inUtf8).toList();
    }

    static SourceException failure(ThrowingCallable call) {
        SourceException failure = failureOrNull(call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    static SourceException failureOrNull(ThrowingCallable call) {
        return catchThrowableOfType(SourceException.class, call);
    }
}
