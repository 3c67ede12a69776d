package io.portolan.gateway.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.sync.FakeDicomWeb.Response;
import io.portolan.gateway.sync.FakeDicomWeb.Trouble;
import io.portolan.gateway.sync.SourceException.Kind;
import io.portolan.testdata.SyntheticStudies;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DicomWebSourceTest extends DicomWebRoom {

    private static final Uid CT_SECOND = new Uid("2.25.7113.1.2");

    // ---- studies

    @Test
    void listsWhatTheServerHas() throws Exception {
        Source.Listing listing = source().studies(StudyQuery.ALL);
        assertThat(listing.complete()).isTrue();
        assertThat(listing.studies()).hasSize(SyntheticStudies.all().size());
        ListedStudy ct = listing.studies().get(0);
        assertThat(ct.study()).isEqualTo(CT);
        assertThat(ct.studyDate()).isEqualTo("20260914");
        assertThat(ct.series()).hasValue(2);
        assertThat(ct.instances()).hasValue(4);
        assertThat(ct.answer().string(Attribute.StudyDescription)).hasValue("CT study 1");
    }

    @Test
    void asksForAllThatItReadsInAShortUrl() throws Exception {
        source().studies(StudyQuery.ALL);
        FakeDicomWeb.Request request = server.requests().get(0);
        assertThat(request.query().get("includefield")).contains("00080061", "00100010", "0020000D", "00201208");
        assertThat(request.query().get("includefield"))
                .doesNotContain("00081190")
                .hasSizeLessThan(3_000);
        assertThat(request.query()).containsEntry("limit", "500").containsEntry("offset", "0");
        assertThat(request.headers()).containsEntry("Accept", "application/dicom+json");
    }

    @Test
    void asksForOneStudyForDaysAndForMinutes() throws Exception {
        assertThat(studies(StudyQuery.of(CT))).containsExactly(CT);
        LocalDate day = LocalDate.of(2026, 9, 14);
        assertThat(studies(StudyQuery.ofDays(day, day))).hasSize(6);
        assertThat(studies(StudyQuery.ofDays(day.plusDays(1), day.plusDays(2)))).isEmpty();
        assertThat(studies(StudyQuery.ofMinutes(day, LocalTime.of(8, 15), LocalTime.of(8, 15))))
                .hasSize(6);
        assertThat(studies(StudyQuery.ofMinutes(day, LocalTime.of(8, 16), LocalTime.of(9, 0))))
                .isEmpty();
    }

    private List<Uid> studies(StudyQuery query) throws Exception {
        Source.Listing listing = source().studies(query);
        assertThat(listing.complete()).isTrue();
        return listing.studies().stream().map(ListedStudy::study).toList();
    }

    /** A server, what it gives, whether that is all; pages of 10, 60 at most. */
    @ParameterizedTest(name = "[{index}] {0} studies {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # there | how                    | found | complete | requests
              9     | well                   |     9 | true     | 1
             10     | well                   |    10 | true     | 2
             25     | well                   |    25 | true     | 3
             60     | well                   |    60 | true     | 7
             61     | well                   |    61 | false    | 7
             25     | ignores limit          |    25 | true     | 1
             25     | ignores offset         |    10 | false    | 2
             25     | pages of 4, warns      |    25 | true     | 7
             25     | finds 15, warns        |    15 | true     | 2
             25     | pages of 4, warns, ignores offset | 4 | false | 2
            """)
    void knowsWhetherAListIsWhole(int there, String how, int found, boolean complete, int requests) throws Exception {
        server.remove(one -> true);
        server.add(studies(there));
        server.ignoresLimit = how.contains("ignores limit");
        server.ignoresOffset = how.contains("ignores offset");
        server.resultsMax = how.contains("pages of 4") ? 4 : 0;
        server.foundMax = how.contains("finds 15") ? 15 : 0;
        server.warns = how.contains("warns");
        Source.Listing listing =
                source(o -> o.with(new DicomWebOptions.Paging(10, 60, 0))).studies(StudyQuery.ALL);
        assertThat(listing.studies()).hasSize(found).doesNotHaveDuplicates();
        assertThat(listing.complete()).isEqualTo(complete);
        assertThat(server.requests()).hasSize(requests);
    }

    private static List<DataSet> studies(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> SyntheticStudies.ct(100 + i, 1).get(0))
                .toList();
    }

    /** What a server keeps to itself shows in the number only. */
    @ParameterizedTest(name = "[{index}] {0} there, {1} found, {2} known, {3} a page")
    @CsvSource(delimiter = '|', textBlock = """
            # there | finds | known | page | found | complete
              150   |   101 |     0 |    0 |   101 | false
              150   |   100 |     0 |    0 |   100 | false
              150   |   102 |     0 |    0 |   102 | true
              150   |     0 |     0 |  100 |   150 | true
              150   |     4 |     3 |    0 |     4 | false
              150   |   100 |   900 |    0 |   100 | true
               99   |     0 |     0 |    0 |    99 | true
            """)
    void distrustsANumberAtWhichServersStop(int there, int finds, int known, int page, int found, boolean complete)
            throws Exception {
        server.remove(one -> true);
        server.add(studies(there));
        server.foundMax = finds;
        server.resultsMax = page;
        Source.Listing listing = source(o -> o.with(new DicomWebOptions.Paging(500, 1_000, known)))
                .studies(StudyQuery.ALL);
        assertThat(listing.studies()).hasSize(found);
        assertThat(listing.complete()).isEqualTo(complete);
        server.ignoresLimit = true;
        listing = source(o -> o.with(new DicomWebOptions.Paging(10, 1_000, known)))
                .studies(StudyQuery.ALL);
        assertThat(listing.complete()).isEqualTo(complete && found != 150);
    }

    @Test
    void isNotWholeWhenThereIsSaidToBeMoreThanComes() throws Exception {
        String one = "[{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]}}]";
        server.answerNext(Response.json(one).with("Warning", "299 x \"There are 7 additional results\""));
        server.answerNext(Response.of(204));
        assertThat(source().studies(StudyQuery.ALL).complete()).isFalse();
        server.answerNext(Response.json(one).with("Warning", "299 x \"There are 7 additional results\""));
        server.answerNext(Response.json(one));
        assertThat(source().studies(StudyQuery.ALL).complete()).isFalse();
        server.answerNext(Response.json(one).with("Warning", "299 x \"The fuzzymatching parameter is not supported\""));
        server.forgetRequests();
        assertThat(source().studies(StudyQuery.ALL).complete()).isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void isNotWholeWhenTheServerFindsTooMany() throws Exception {
        server.answerNext(Response.of(413));
        assertThat(source().studies(StudyQuery.ALL)).isEqualTo(new Source.Listing(List.of(), false));
    }

    @Test
    void readsStudiesInPartsAndPackedOnes() throws Exception {
        server.multipart = true;
        assertThat(studies(StudyQuery.ALL)).hasSize(6);
        server.multipart = false;
        server.gzip = true;
        assertThat(studies(StudyQuery.ALL)).hasSize(6);
    }

    // ---- series

    @Test
    void listsTheSeriesOfAStudy() throws Exception {
        List<ListedSeries> series = source().series(CT);
        assertThat(series).extracting(ListedSeries::series).containsExactly(CT_FIRST, CT_SECOND);
        assertThat(series.get(0).instances()).hasValue(2);
        assertThat(source(o -> o.with(new DicomWebOptions.Paging(1, 10, 0))).series(CT))
                .hasSize(2);
    }

    @Test
    void hasNoSeriesOfAStudyThatTheServerDoesNotHave() throws Exception {
        assertThat(source().series(new Uid("1.2.3"))).isEmpty();
        server.answerNext(Response.of(404));
        assertThat(source().series(new Uid("1.2.3"))).isEmpty();
    }

    @Test
    void refusesAListOfSeriesThatIsNotWhole() {
        server.ignoresOffset = true;
        assertThat(failure(() -> source(o -> o.with(new DicomWebOptions.Paging(1, 10, 0)))
                        .series(CT)))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.MALFORMED))
                .hasMessageContaining("2.25.7113.1")
                .hasMessageContaining("has more");
    }

    @Test
    void takesARoundNumberOfSeriesWhenTheStudyIsSaidToHaveSoMany() throws Exception {
        assertThat(source(o -> o.with(new DicomWebOptions.Paging(500, 10, 2))).series(CT))
                .hasSize(2);
        server.foundMax = 1;
        assertThat(failure(() -> source(o -> o.with(new DicomWebOptions.Paging(500, 10, 1)))
                                .series(CT))
                        .kind())
                .isEqualTo(Kind.MALFORMED);
    }

    // ---- headers

    @Test
    void readsTheHeadersOfTheSeriesThatAreWanted() throws Exception {
        List<DataSet> headers = headers(source(), CT, CT_SECOND);
        assertThat(headers).isEqualTo(mapped(SyntheticStudies.ctTwoSeries()).subList(2, 4));
        assertThat(headers(source(), CT, CT_FIRST, CT_SECOND)).isEqualTo(mapped(SyntheticStudies.ctTwoSeries()));
    }

    @Test
    void readsTheSameFromParts() throws Exception {
        server.multipart = true;
        assertThat(headers(source(), CT, CT_FIRST, CT_SECOND)).isEqualTo(mapped(SyntheticStudies.ctTwoSeries()));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 406, 415, 501})
    void readsTheSameFromInstancesOfAServerWithoutMetadata(int status) throws Exception {
        server.failsMetadataWith = status;
        DicomWebSource source = source();
        assertThat(headers(source, CT, CT_FIRST, CT_SECOND)).isEqualTo(mapped(SyntheticStudies.ctTwoSeries()));
        long asked = server.paths().stream()
                .filter(path -> path.endsWith("/metadata"))
                .count();
        assertThat(asked).isEqualTo(status == 404 ? 2 : 1);
    }

    @Test
    void readsANameInJapaneseFromBoth() throws Exception {
        Uid study = new Uid("2.25.7113.6");
        List<DataSet> asMetadata = headers(source(), study, new Uid("2.25.7113.6.1"));
        server.failsMetadataWith = 501;
        assertThat(headers(source(), study, new Uid("2.25.7113.6.1"))).isEqualTo(asMetadata);
        assertThat(asMetadata).isEqualTo(mapped(SyntheticStudies.japaneseName()));
    }

    @Test
    void keepsRetrieveUrlOnlyWhenTold() throws Exception {
        List<DataSet> headers = new ArrayList<>();
        source(o -> o.withRetrieveUrl(true)).headers(CT, Set.of(CT_FIRST), headers::add);
        assertThat(headers).allMatch(header -> header.contains(Attribute.RetrieveURL));
        headers.clear();
        source().headers(CT, Set.of(CT_FIRST), headers::add);
        assertThat(headers).noneMatch(header -> header.contains(Attribute.RetrieveURL));
    }

    @Test
    void tellsEachHeaderOnceHoweverOftenItTries() throws Exception {
        List<DataSet> all = SyntheticStudies.ct(9, 300);
        server.add(all);
        server.trouble = Trouble.CUTS;
        List<DataSet> told = Collections.synchronizedList(new ArrayList<>());
        DicomWebSource source = source(
                o -> o.with(new DicomWebOptions.Times(Duration.ofSeconds(20), Duration.ofMinutes(1), TWICE_MORE)));
        source.headers(new Uid("2.25.7113.9"), Set.of(new Uid("2.25.7113.9.1")), header -> {
            told.add(header);
            server.trouble = Trouble.NONE; // for the next attempt
        });
        assertThat(server.requests()).hasSize(2);
        assertThat(told).hasSize(300);
    }

    @Test
    void saysWhenAListedSeriesIsNotThere() {
        SourceException gone = failure(() -> headers(source(), CT, new Uid("1.2.3")));
        assertThat(gone.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(gone).hasMessageContaining("1.2.3");
        server.answerNext(Response.json("[]"));
        assertThat(failure(() -> headers(source(), CT, CT_FIRST)).kind()).isEqualTo(Kind.UNAVAILABLE);
        server.answerNext(Response.of(206));
        assertThat(failure(() -> headers(source(), CT, CT_FIRST)).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"00080018\":{\"vr\":\"UI\"}}]",
                "[{\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]},\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]}}]",
                "[{\"00080018\":{\"vr\":\"UI\",\"Value\":[\"no uid\"]}}]",
                "[7]",
                "[{\"PatientName\":\"SECRET\"}]",
                "[{\"00100010\":{\"vr\":\"PN\",\"Value\":[SECRET]}}]",
                "[{\"00100010\":{\"vr\":\"SECRET\",\"Value\":[\"SECRET\"]}}]",
                "[{\"00100010\":\"SECRET",
                "[] SECRET",
                "SECRET",
                "\"SECRET\"",
                ""
            })
    void refusesWhatIsNoHeader(String answer) {
        server.answerNext(Response.json(answer));
        SourceException malformed = failure(() -> headers(source(), CT, CT_FIRST));
        assertThat(malformed.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(malformed).hasMessageContaining(CT_FIRST.value()).hasMessageNotContaining("SECRET");
    }

    @Test
    void passesOverWhatItDoesNotKeepHoweverLarge() throws Exception {
        String large = "A".repeat(400_000);
        String header = DicomJson.format(SyntheticStudies.ctTwoSeries().get(0));
        server.answerNext(Response.json("[" + header.substring(0, header.length() - 1)
                + ",\"00291010\":{\"vr\":\"OB\",\"InlineBinary\":\"" + large + "\"}"
                + ",\"0040A730\":{\"vr\":\"SQ\",\"Value\":[{\"0040A160\":{\"vr\":\"UT\",\"Value\":[\"" + large
                + "\"]}}]}}]"));
        DicomWebSource source = source(o -> o.with(new DicomWebOptions.Limits(ReadLimits.DEFAULT, 100_000, 1 << 20)));
        assertThat(headers(source, CT, CT_FIRST))
                .isEqualTo(mapped(SyntheticStudies.ctTwoSeries()).subList(0, 1));
    }

    private static List<DataSet> mapped(List<DataSet> instances) {
        return instances.stream().map(Selection.MAPPED::of).map(DataSet::inUtf8).toList();
    }
}
