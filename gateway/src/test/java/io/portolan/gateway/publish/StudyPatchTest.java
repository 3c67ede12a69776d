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

    /** The operations, which make of the one what the other says. */
    private static ArrayNode patch(String base, String said) {
        ArrayNode operations = StudyPatch.of(json(base), json(said)).orElseThrow();
        assertThat(FakeResources.patched(json(base), operations)).isEqualTo(json(said));
        return operations;
    }

    @Test
    void appendsInstancesAndSeriesAndReplacesCounts() {
        String said = "{'numberOfInstances':3,'description':'CT','subject':{'reference':'Patient/1'},'series':["
                + "{'uid':'1','numberOfInstances':2,'instance':[{'uid':'1.1','number':1},{'uid':'1.2','number':2}]},"
                + "{'uid':'2','numberOfInstances':1,'instance':[{'uid':'2.1'}]}]}";
        assertThat(patch(ONE, said).findValuesAsText("path"))
                .containsExactlyInAnyOrder(
                        "/description",
                        "/numberOfInstances",
                        "/numberOfInstances",
                        "/series/0/uid",
                        "/series/0/instance/-",
                        "/series/0/numberOfInstances",
                        "/series/0/numberOfInstances",
                        "/series/-");
    }

    @Test
    void testsWhatItTouchesSoThatAServerWithSomethingElseThereRefuses() {
        String said = ONE.replace("}]}]}", "},{'uid':'1.2'}]}]}");
        ArrayNode operations = patch(ONE, said);
        assertThat(FakeResources.patched(json(ONE.replace("'series':[", "'series':[{'uid':'7'},")), operations))
                .isNull();
    }

    @Test
    void removesWhatIsNoLongerSaid() {
        patch("{'description':'CT','started':'2026'}", "{'started':'2026'}");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "an instance that has gone   | Patient/1 | {} | {'uid':'1'}",
                "an instance that is another | Patient/1 | {} | {'uid':'1','instance':[{'uid':'1.1','number':7}]}",
                "another order               | Patient/1 | {} | {'uid':'2'},{'uid':'1','instance':[{'uid':'1.1'}]}",
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
