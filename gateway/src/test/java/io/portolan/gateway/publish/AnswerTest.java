package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.gateway.Category;
import io.portolan.gateway.publish.Answer.Failure;
import io.portolan.gateway.publish.Answer.Kind;
import io.portolan.gateway.publish.Answer.Success;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {

    @ParameterizedTest
    @CsvSource({
        "http://h/fhir/Patient/7/_history/2, 7",
        "http://h/fhir/Patient/7, 7",
        "Patient/a-b.c/_history/2, a-b.c",
        "/Patient/7/, 7",
        "http://h/Patient/Patient/7?x=Patient/8#Patient/9, 7",
    })
    void findsTheIdInALocation(String location, String id) {
        assertThat(Answer.idIn(location, "Patient")).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://h/fhir/Patient",
                "http://h/fhir/Patient/",
                "http://h/fhir/Patient?identifier=7",
                "http://h/fhir/Observation/7",
                "http://h/fhir/Patient/..",
                "http://h/fhir/Patient/7%2F8",
                "http://h/fhir/Patient/12345678901234567890123456789012345678901234567890123456789012345",
            })
    void trustsNoLocationWithoutAnId(String location) {
        assertThat(Answer.idIn(location, "Patient")).isEmpty();
    }

    @Test
    void sendsAnETagBackAsItCame() {
        Success success = new Success(200, json("{'meta':{'versionId':'5'}}"), "", "W/\"a-b-c\"");

        assertThat(success.ifMatch()).contains("W/\"a-b-c\"");
        assertThat(success.version()).contains("a-b-c");
    }

    @Test
    void makesAnIfMatchOfTheVersionIdWhenThereIsNoETag() {
        assertThat(new Success(200, json("{'meta':{'versionId':'5'}}"), "", null).ifMatch())
                .contains("W/\"5\"");
        assertThat(new Success(200, json("{'meta':{'versionId':'5'}}"), "", "bad\r\ntag").ifMatch())
                .contains("W/\"5\"");
        assertThat(new Success(200, json("{}"), "https://h/fhir/ImagingStudy/1/_history/7", null).ifMatch())
                .as("as HAPI answers a patch")
                .contains("W/\"7\"");
        assertThat(new Success(200, json("{'meta':{'versionId':'bad\\n'}}"), "", null).ifMatch())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "302, DOWN, FHIR_UNAVAILABLE",
        "400, REJECTED, FHIR_REJECTED",
        "401, DOWN, FHIR_UNAVAILABLE",
        "403, UNAVAILABLE, FHIR_UNAVAILABLE",
        "404, NOT_FOUND, FHIR_REJECTED",
        "408, DOWN, FHIR_UNAVAILABLE",
        "409, CONFLICT, FHIR_UNAVAILABLE",
        "410, NOT_FOUND, FHIR_REJECTED",
        "412, CONFLICT, FHIR_UNAVAILABLE",
        "413, TOO_LARGE_TO_SEND, FHIR_REJECTED",
        "422, REJECTED, FHIR_REJECTED",
        "429, DOWN, FHIR_UNAVAILABLE",
        "500, UNAVAILABLE, FHIR_UNAVAILABLE",
        "503, DOWN, FHIR_UNAVAILABLE",
    })
    void givesEveryStatusAKindAndACategory(int status, Kind kind, Category category) {
        assertThat(Kind.of(status)).isEqualTo(kind);
        assertThat(new Failure(status, kind, "PUT").category()).isEqualTo(category);
    }

    @Test
    void showsDiagnosticsToTheLedgerAndNotToALog() {
        Failure failure = new Failure(422, Kind.REJECTED, "PUT Patient: status 422", "Doe^Jane is no name", null);

        assertThat(failure.detail()).isEqualTo("PUT Patient: status 422: Doe^Jane is no name");
        assertThat(failure).hasToString("REJECTED PUT Patient: status 422");
    }
}
