package io.portolan.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portolan.gateway.audit.Write.Action;
import io.portolan.gateway.ledger.AuditRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each slice that IHE BALP 1.1 requires, by hand; and base FHIR R4 by HAPI's validator. */
class AuditEventsTest {

    private static final String SERVER = "https://fhir.example.org/r4";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FhirContext R4 = FhirContext.forR4Cached();

    private static final AuditEvents EVENTS =
            new AuditEvents("PORTOLAN", "gateway-1", SERVER, () -> Instant.parse("2026-03-01T12:00:00.5Z"));

    /** A row of the profiles: action, interaction, profile, role of the client, role of the server. */
    private record Row(
            Action action, String code, String interaction, String profile, String clientRole, String serverRole) {}

    private static final String DCM = "http://dicom.nema.org/resources/ontology/DCM|";

    // spotless:off
    private static final List<Row> ROWS = List.of(
            new Row(Action.CREATE, "C", "create", "Create", DCM + "110153", DCM + "110152"),
            new Row(Action.UPDATE, "U", "update", "Update", DCM + "110153", DCM + "110152"),
            new Row(Action.DELETE, "D", "delete", "Delete", DCM + "110150", "http://terminology.hl7.org/CodeSystem/provenance-participant-type|custodian"));
    // spotless:on

    static Stream<Row> rows() {
        return ROWS.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void hasEverySliceOfItsProfile(Row row) throws Exception {
        JsonNode event = event(write(row.action, "ImagingStudy", "{'subject':{'reference':'Patient/p1'}}"));

        assertThat(event.at("/meta/profile/0").asText())
                .isEqualTo(
                        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Patient" + row.profile);
        assertThat(coding(event.path("type"))).isEqualTo("http://terminology.hl7.org/CodeSystem/audit-event-type|rest");
        assertThat(event.path("subtype")).hasSize(1);
        assertThat(coding(event.at("/subtype/0")))
                .isEqualTo("http://hl7.org/fhir/restful-interaction|" + row.interaction);
        assertThat(event.path("action").asText()).isEqualTo(row.code);
        assertThat(event.path("recorded").asText()).isEqualTo("2026-03-01T12:00:00.500Z");
        assertThat(event.path("outcome").asText()).isEqualTo("0");
        assertThat(event.path("agent")).hasSize(2);
        JsonNode client = one(event.path("agent"), "/type/coding/0", row.clientRole);
        assertThat(client.at("/who/identifier/value").asText()).isEqualTo("PORTOLAN");
        assertThat(client.path("requestor").asBoolean()).isTrue();
        assertThat(client.path("network").toString()).isEqualTo(json("{'address':'gateway-1','type':'1'}"));
        JsonNode server = one(event.path("agent"), "/type/coding/0", row.serverRole);
        assertThat(server.at("/who/identifier/value").asText()).isEqualTo(SERVER);
        assertThat(server.path("requestor").asBoolean(true)).isFalse();
        assertThat(server.path("network").toString()).isEqualTo(json("{'address':'" + SERVER + "','type':'5'}"));
        assertThat(event.at("/source/observer/type").asText()).isEqualTo("Device");
        assertThat(event.at("/source/observer/identifier/value").asText()).isEqualTo("PORTOLAN");
        assertThat(event.path("entity")).hasSize(2);
        JsonNode data = one(event.path("entity"), "/type", "http://terminology.hl7.org/CodeSystem/audit-entity-type|2");
        assertThat(coding(data.path("role"))).isEqualTo("http://terminology.hl7.org/CodeSystem/object-role|4");
        assertThat(data.at("/what/reference").asText()).isEqualTo("ImagingStudy/7/_history/3");
        assertThat(data.at("/what/identifier/value").asText()).isEqualTo(SERVER + "/ImagingStudy/7");
        JsonNode patient =
                one(event.path("entity"), "/type", "http://terminology.hl7.org/CodeSystem/audit-entity-type|1");
        assertThat(coding(patient.path("role"))).isEqualTo("http://terminology.hl7.org/CodeSystem/object-role|1");
        assertThat(patient.at("/what/reference").asText()).isEqualTo("Patient/p1");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isOfNoPatientWhereTheResourceSaysNone(Row row) throws Exception {
        for (String resource : new String[] {
            "{}", "{'subject':{'reference':'Group/1','type':'Group'}}", "{'subject':{'type':'Patient'}}"
        }) {
            JsonNode event = event(write(row.action, "ImagingStudy", resource));
            assertThat(event.at("/meta/profile/0").asText()).endsWith("IHE.BasicAudit." + row.profile);
            assertThat(event.path("entity")).as(resource).hasSize(1);
        }
    }

    @Test
    void namesAPatientByIdentifierAloneWhereTheResourceDoes() throws Exception {
        JsonNode event = event(
                write(
                        Action.CREATE,
                        "ImagingStudy",
                        "{'subject':{'type':'Patient','display':'Doe','identifier':{'system':'urn:x','value':'4711','type':{'text':'y'}}}}"));

        assertThat(event.at("/meta/profile/0").asText()).endsWith("PatientCreate");
        assertThat(event.at("/entity/1/what").toString())
                .isEqualTo(json("{'type':'Patient','identifier':{'system':'urn:x','value':'4711'}}"));
    }

    @Test
    void aPatientIsItsOwn() throws Exception {
        assertThat(event(write(Action.UPDATE, "Patient", "{}"))
                        .at("/entity/1/what/reference")
                        .asText())
                .isEqualTo("Patient/7");
    }

    @Test
    void theSameVersionHasTheSameIdAndWithoutAVersionNoneHas() {
        assertThat(EVENTS.of(write(Action.CREATE, "Patient", "{}")).id())
                .isEqualTo(EVENTS.of(write(Action.UPDATE, "Patient", "{}")).id())
                .isNotEqualTo(EVENTS.of(write(Action.CREATE, "Group", "{}")).id());
        Write unversioned = new Write(Action.CREATE, "Patient", "7", Optional.empty(), parse("{}"), false);
        assertThat(EVENTS.of(unversioned).id())
                .isNotEqualTo(EVENTS.of(unversioned).id());
    }

    @ParameterizedTest
    @EnumSource
    void isValidInFhir(Action action) {
        FhirValidator validator = validator();
        for (String resource : new String[] {
            "{}",
            "{'subject':{'reference':'Patient/p1'}}",
            "{'subject':{'type':'Patient','identifier':{'system':'urn:x','value':'4711'}}}"
        }) {
            AuditRecord record = EVENTS.of(write(action, "ImagingStudy", resource));
            AuditEvent event = R4.newJsonParser().parseResource(AuditEvent.class, record.json());
            // the profiles themselves are not on the class path
            event.setMeta(null);
            assertThat(validator.validateWithResult(event).getMessages().stream()
                            .filter(m -> m.getSeverity() != ResultSeverityEnum.INFORMATION)
                            // what BALP has for a server that deletes is beyond the extensible value set of base FHIR
                            .filter(m -> action != Action.DELETE
                                    || !m.getMessage().contains("provenance-participant-type#custodian"))
                            .map(m -> m.getLocationString() + ": " + m.getMessage()))
                    .isEmpty();
        }
    }

    private static FhirValidator validator() {
        var module = new FhirInstanceValidator(new ValidationSupportChain(
                new DefaultProfileValidationSupport(R4),
                new CommonCodeSystemsTerminologyService(R4),
                new InMemoryTerminologyServerValidationSupport(R4)));
        module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
        return R4.newValidator().registerValidatorModule(module);
    }

    private static Write write(Action action, String type, String resource) {
        return new Write(action, type, "7", Optional.of("3"), parse(resource), false);
    }

    private static JsonNode event(Write write) throws Exception {
        return JSON.readTree(EVENTS.of(write).json());
    }

    private static JsonNode parse(String text) {
        return TestRecords.json(text);
    }

    private static String json(String text) {
        return parse(text).toString();
    }

    private static JsonNode one(JsonNode array, String pointer, String coding) {
        List<JsonNode> found = StreamSupport.stream(array.spliterator(), false)
                .filter(each -> coding(each.at(pointer)).equals(coding))
                .toList();
        assertThat(found).as(coding).hasSize(1);
        return found.get(0);
    }

    private static String coding(JsonNode coding) {
        return coding.path("system").asText() + "|" + coding.path("code").asText();
    }
}
