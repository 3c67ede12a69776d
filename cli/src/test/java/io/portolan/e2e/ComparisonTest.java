package io.portolan.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.engine.Status;
import io.portolan.gateway.publish.FakeFhirServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The comparison by which the harnesses judge sees what it is there to see. */
class ComparisonTest {

    private static final LoadInstance FIRST = new LoadInstance(1, 1, 1, 0);
    private static final LoadInstance SECOND = new LoadInstance(1, 1, 2, 0);
    private static final LoadInstance STRANGE = new LoadInstance(1, 1, 3, 0);

    private final SentInstances sent = new SentInstances();
    private FakeFhirServer server;

    @BeforeEach
    void send() throws Exception {
        server = new FakeFhirServer();
        sent.answered(FIRST, Status.SUCCESS);
        sent.answered(SECOND, Status.SUCCESS);
        put("Patient/1", "{'resourceType':'Patient','identifier':[{'value':'" + FIRST.patientId() + "'}]}");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void put(String path, String json) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.base() + "/" + path))
                .PUT(BodyPublishers.ofString(json.replace('\'', '"')))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(201);
    }

    private void listed(String id, int numberOfInstances, LoadInstance... instances) throws Exception {
        String list = Arrays.stream(instances)
                .map(instance -> "{'uid':'" + instance.sopUid() + "'}")
                .collect(Collectors.joining(","));
        put(
                "ImagingStudy/" + id,
                "{'resourceType':'ImagingStudy','identifier':[{'system':'urn:dicom:uid','value':'urn:oid:"
                        + FIRST.studyUid()
                        + "'}],'subject':{'reference':'Patient/1'},'numberOfSeries':1,'numberOfInstances':"
                        + numberOfInstances + ",'series':[{'uid':'" + FIRST.seriesUid() + "','numberOfInstances':"
                        + instances.length + ",'instance':[" + list + "]}]}");
    }

    @Test
    void isSilentWhenAllIsRight() throws Exception {
        listed("1", 2, FIRST, SECOND);
        assertThat(Comparison.withServer(sent, server)).isEmpty();
    }

    @Test
    void namesWhatWasAcknowledgedAndIsNotListed() throws Exception {
        listed("1", 1, FIRST);
        assertThat(Comparison.withServer(sent, server))
                .containsExactly(SECOND.sopUid() + " was acknowledged and is not listed");
    }

    @Test
    void namesWhatIsListedTwiceAndAStudyThatIsThereTwice() throws Exception {
        listed("1", 2, FIRST, SECOND);
        listed("2", 1, FIRST);
        assertThat(Comparison.withServer(sent, server))
                .containsExactly("two ImagingStudies are " + FIRST.studyUid(), FIRST.sopUid() + " is listed 2 times");
    }

    @Test
    void namesWhatWasNeverSentAndACountThatIsWrong() throws Exception {
        listed("1", 2, FIRST, SECOND, STRANGE);
        assertThat(Comparison.withServer(sent, server))
                .containsExactly(
                        FIRST.studyUid() + ": numberOfInstances is wrong",
                        STRANGE.sopUid() + " is listed and was never sent");
    }

    @Test
    void namesAnInstanceOfAnotherPatient() throws Exception {
        put("Patient/2", "{'resourceType':'Patient','identifier':[{'value':'SOMEBODY-ELSE'}]}");
        listed("1", 2, FIRST, SECOND);
        String study = server.get("ImagingStudy/1").toString().replace("Patient/1", "Patient/2");
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.base() + "/ImagingStudy/1"))
                .PUT(BodyPublishers.ofString(study))
                .build();
        HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
        assertThat(Comparison.withServer(sent, server)).hasSize(2).allMatch(line -> line.contains("SOMEBODY-ELSE"));
    }

    @Test
    void namesAPatientWhoIsThereTwice() throws Exception {
        put("Patient/2", "{'resourceType':'Patient','identifier':[{'value':'" + FIRST.patientId() + "'}]}");
        listed("1", 2, FIRST, SECOND);
        assertThat(Comparison.withServer(sent, server)).containsExactly("two Patients are " + FIRST.patientId());
    }
}
