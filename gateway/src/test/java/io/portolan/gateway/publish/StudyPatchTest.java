package io.portolan.gateway.publish;

import static io.portolan.gateway.publish.Json.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be told by a patch, and that it says the same as the whole. */
class StudyPatchTest {

    private static final String ONE = "{'numberOfInstances':1,'subject':{'reference':'Patient/1'},"
            + "'series':[{'uid':'1','numberOfInstances':1,'instance':[{'uid':'1.1','number':1}]}]}";

    private static StudyPatch patch(String base, String said) {
        StudyPatch patch = StudyPatch.of(json(base), json(said)).orElseThrow();
        assertThat(FakeResources.patched(json(base), patch.operations()))
                .as("what the server makes of it")
                .isEqualTo(patch.result());
        return patch;
    }

    @Test
    void isEmptyWhenNothingIsNewAndLeavesAnotherOrderToTheWhole() {
        String two = "{'series':[{'uid':'1','instance':[{'uid':'1.1'},{'uid':'1.2'}]},{'uid':'2'}]}";
        String other = "{'series':[{'uid':'2'},{'uid':'1','instance':[{'uid':'1.2'},{'uid':'1.1'}]}]}";
        assertThat(patch(two, two).isEmpty()).isTrue();
        assertThat(patch(ONE, ONE).isEmpty()).isTrue();
        assertThat(StudyPatch.of(json(two), json(other))).isEmpty();
    }

    @Test
    void appendsInstancesAndSeriesAndReplacesCounts() {
        String said = "{'numberOfInstances':3,'description':'CT','subject':{'reference':'Patient/1'},'series':["
                + "{'uid':'1','numberOfInstances':2,'instance':[{'uid':'1.1','number':1},{'uid':'1.2','number':2}]},"
                + "{'uid':'2','numberOfInstances':1,'instance':[{'uid':'2.1'}]}]}";
        StudyPatch patch = patch(ONE, said);
        ObjectNode result = patch.result();

        assertThat(result.path("numberOfInstances").asInt()).isEqualTo(3);
        assertThat(result.path("description").asText()).isEqualTo("CT");
        assertThat(result.at("/series/0/instance/1/uid").asText()).isEqualTo("1.2");
        assertThat(result.at("/series/1/uid").asText()).isEqualTo("2");
        assertThat(patch.operations().findValuesAsText("op")).contains("test", "add", "replace");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "an instance that has gone   | Patient/1 | {} | {'uid':'1'}",
                "an instance that is another | Patient/1 | {} | {'uid':'1','instance':[{'uid':'1.1','number':7}]}",
                "a series that has gone      | Patient/1 | {} | {'uid':'2'}",
                "what others may have added  | Patient/1 | {'endpoint':[{}]} | {'uid':'1','instance':[{'uid':'1.1'}]}",
            })
    void leavesToTheWhole(String what, String patient, String further, String series) {
        String base = "{'subject':{'reference':'Patient/1'},'series':[{'uid':'1','instance':[{'uid':'1.1'}]}]}";
        ObjectNode said = json("{'subject':{'reference':'" + patient + "'},'series':[" + series + "]}");
        said.setAll(json(further));
        assertThat(StudyPatch.of(json(base), said)).as(what).isEmpty();
    }

    @Test
    void leavesToTheWholeWhatWouldTakeTooManyOperations() {
        ObjectNode said = json(ONE);
        ArrayNode instances = (ArrayNode) said.at("/series/0/instance");
        for (int i = 2; i <= StudyPatch.OPERATIONS_MAX; i++) {
            instances.addObject().put("uid", "1." + i);
        }
        assertThat(StudyPatch.of(json(ONE), said)).isPresent();
        instances.addObject().put("uid", "2");
        assertThat(StudyPatch.of(json(ONE), said)).isEmpty();
    }
}
