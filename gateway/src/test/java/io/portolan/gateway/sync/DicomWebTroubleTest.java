package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.Uid;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.access.BearerToken;
import io.portolan.gateway.access.HttpCredentials;
import io.portolan.gateway.sync.FakeDicomWeb.Response;
import io.portolan.gateway.sync.FakeDicomWeb.Trouble;
import io.portolan.gateway.sync.SourceException.Kind;
import io.portolan.testdata.SyntheticStudies;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that refuses, is busy, falls silent or answers rubbish; and who we are to it. */
@Timeout(60)
class DicomWebTroubleTest extends DicomWebRoom {

    private static final Duration SHORT = Duration.ofMillis(300);

    // ---- what goes wrong

    @ParameterizedTest
    @CsvSource({
        "302, REFUSED, redirects", "400, REFUSED, URL", "401, REFUSED, credentials", "403, REFUSED, credentials",
        "404, REFUSED, URL", "408, UNAVAILABLE, 408", "410, REFUSED, URL", "425, UNAVAILABLE, 425",
        "429, UNAVAILABLE, 429", "500, UNAVAILABLE, 500", "501, REFUSED, service", "503, UNAVAILABLE, 503"
    })
    void saysWhatAStatusMeans(int status, Kind kind, String message) {
        server.failsWith = status;
        SourceException failure = failure(() -> source().studies(StudyQuery.ALL));
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContaining("status " + status).hasMessageContaining(message);
    }

    @Test
    void followsNoRedirect() throws Exception {
        try (FakeDicomWeb other = new FakeDicomWeb()) {
            server.answerNext(Response.of(307).with("Location", other.base() + "/studies"));
            assertThat(failure(() -> source().studies(StudyQuery.ALL)).kind()).isEqualTo(Kind.REFUSED);
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void triesTwiceMoreWhatIsNotAvailable() throws Exception {
        DicomWebSource source = source(
                o -> o.with(new DicomWebOptions.Times(Duration.ofSeconds(20), Duration.ofMinutes(1), TWICE_MORE)));
        server.answerNext(Response.of(503));
        server.answerNext(Response.of(500));
        assertThat(source.studies(StudyQuery.ALL).studies()).hasSize(6);
        assertThat(pace.requests()).as("each attempt has its turn").isEqualTo(3);
        server.forgetRequests();
        server.failsWith = 503;
        assertThat(failure(() -> source.studies(StudyQuery.ALL)).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(server.requests()).hasSize(3);
        server.forgetRequests();
        server.failsWith = 403;
        assertThat(failure(() -> source.studies(StudyQuery.ALL)).kind()).isEqualTo(Kind.REFUSED);
        assertThat(server.requests()).as("what is refused is not tried again").hasSize(1);
    }

    @Test
    void doesNotTryAgainWhenTheServerSaysWhen() {
        DicomWebSource source = source(
                o -> o.with(new DicomWebOptions.Times(Duration.ofSeconds(20), Duration.ofMinutes(1), TWICE_MORE)));
        server.answerNext(Response.of(429).with("Retry-After", "30"));
        SourceException busy = failure(() -> source.studies(StudyQuery.ALL));
        assertThat(busy.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(busy).hasMessageContaining("30");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"HANGS, UNAVAILABLE", "STALLS, UNAVAILABLE", "CUTS, UNAVAILABLE", "HALVES, MALFORMED"})
    void endsInTime(Trouble trouble, Kind kind) {
        server.trouble = trouble;
        DicomWebSource source = source(o -> o.with(new DicomWebOptions.Times(SHORT, Duration.ofMinutes(1), List.of())));
        assertThat(failure(() -> source.studies(StudyQuery.ALL)).kind()).isEqualTo(kind);
        server.trouble = Trouble.NONE;
        assertThat(failureOrNull(() -> source.studies(StudyQuery.ALL)))
                .as("the turn was given back")
                .isNull();
    }

    @Test
    void refusesInstancesThatAreCutOff() {
        server.failsMetadataWith = 501;
        DicomWebSource source = source();
        server.answerNext(Response.of(501));
        server.trouble = Trouble.HALVES;
        assertThat(failure(() -> headers(source, CT, CT_FIRST)))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
                .hasMessageContaining("instances of series 2.25.7113.1.1: the answer is cut off");
    }

    @Test
    void refusesPackedAnswersThatAreCutOff() {
        server.gzip = true;
        server.trouble = Trouble.HALVES;
        assertThat(failure(() -> headers(source(), CT, CT_FIRST)))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
                .hasMessageContaining("metadata of series 2.25.7113.1.1: the answer is cut off");
    }

    @Test
    void endsWhenTheWholeTakesTooLong() {
        server.trouble = Trouble.STALLS;
        DicomWebSource source = source(o -> o.with(new DicomWebOptions.Times(Duration.ofMinutes(5), SHORT, List.of())));
        assertThat(failure(() -> source.studies(StudyQuery.ALL)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + port + "/dicom-web");
        DicomWebSource source =
                new DicomWebSource(DicomWebOptions.of(nobody, HttpCredentials.NONE, Selection.MAPPED, pace)
                        .with(new DicomWebOptions.Times(Duration.ofSeconds(20), Duration.ofMinutes(1), TWICE_MORE)));
        SourceException failure = failure(() -> source.studies(StudyQuery.ALL));
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("cannot connect to 127.0.0.1:" + port);
        assertThat(pace.requests()).isEqualTo(3);
    }

    @Test
    void refusesWhatIsNoJson() throws Exception {
        server.answerNext(Response.json("<html>SECRET</html>").with("Content-Type", "text/html; charset=utf-8"));
        SourceException page = failure(() -> source().studies(StudyQuery.ALL));
        assertThat(page.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(page).hasMessageContaining("text/html").hasMessageNotContaining("SECRET");
        server.answerNext(Response.json("[{\"00100010\":{\"vr\":\"PN\"}}]"));
        assertThat(failure(() -> source().studies(StudyQuery.ALL)))
                .hasMessageContaining("no result has a StudyInstanceUID");
        server.answerNext(
                Response.json("[{\"00100010\":{\"vr\":\"PN\"}},{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]}}]"));
        Source.Listing some = source().studies(StudyQuery.ALL);
        assertThat(some.studies()).hasSize(1);
        assertThat(some.unidentified()).isEqualTo(1);
    }

    @Test
    void readsNoMoreThanItMay() {
        server.gzip = true; // small on the way, and large when unpacked
        DicomWebSource small = source(o -> o.with(new DicomWebOptions.Limits(ReadLimits.DEFAULT, 1 << 20, 900)));
        assertThat(failure(() -> small.studies(StudyQuery.ALL)))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
                .hasMessageContaining("longer than 900 bytes");
        DicomWebSource narrow = source(o -> o.with(new DicomWebOptions.Limits(ReadLimits.DEFAULT, 500, 1 << 20)));
        assertThat(failure(() -> headers(narrow, CT, CT_FIRST)))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
                .hasMessageContaining("more characters than may be kept");
    }

    @Test
    void stopsWhenToldToWithinAnAnswer() throws Exception {
        server.add(SyntheticStudies.ct(9, 300));
        server.trouble = Trouble.STALLS;
        Uid study = new Uid("2.25.7113.9");
        Set<Uid> series = Set.of(new Uid("2.25.7113.9.1"));
        assertThatThrownBy(() -> source().headers(
                                study, series, header -> Thread.currentThread().interrupt()))
                .isInstanceOf(InterruptedException.class);
        server.trouble = Trouble.NONE;
        assertThat(source().series(study)).as("the turn was given back").hasSize(1);
    }

    // ---- credentials

    @Test
    void saysWhoItIs() throws Exception {
        server.authorization = "Basic cmVhZGVyOnPDqWNyZXQ="; // reader:sécret
        assertThat(listedAs(HttpCredentials.basic("reader", "sécret"))).isEqualTo(6);
        server.authorization = "Bearer abc.def";
        assertThat(listedAs(HttpCredentials.bearer(new BearerToken("abc.def")))).isEqualTo(6);
        HttpCredentials wrong = HttpCredentials.basic("reader", "hunter2");
        assertThat(failure(() -> listedAs(wrong)))
                .hasMessageContaining("credentials")
                .hasMessageNotContaining("hunter2");
        assertThat(wrong.toString()).doesNotContain("hunter2").doesNotContain("Basic");
    }

    private int listedAs(HttpCredentials credentials) throws Exception {
        DicomWebOptions options = DicomWebOptions.of(server.base(), credentials, Selection.MAPPED, pace);
        return new DicomWebSource(options).studies(StudyQuery.ALL).studies().size();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://host/x",
                "relative",
                "http://host/x?key=1",
                "http://user:hunter2@host/x",
                "http://host/x#y",
                "mailto:x@y"
            })
    void takesOnlyAPlainUrl(String url) {
        assertThatThrownBy(() -> DicomWebOptions.of(URI.create(url), HttpCredentials.NONE, Selection.MAPPED, pace))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
    }
}
