package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.testdata.Case;
import io.portolan.testdata.Cases;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of {@code test-data/cases}; {@code -Dportolan.golden=write} rewrites what they expect, never in CI. */
class GoldenCasesTest {

    static List<String> cases() {
        return Cases.all().stream().map(Case::name).toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void mapsTheCaseToWhatItExpects(String name) throws Exception {
        Rendering rendering = Rendering.of(Cases.named(name).instances());
        if (Goldens.rewrite()) {
            Cases.rewrite(name, rendering.json(), rendering.issues());
        }
        Case expected = Cases.named(name);
        assertThat(rendering.json()).isEqualTo(expected.expectedFhir());
        assertThat(rendering.issues()).isEqualTo(expected.expectedIssues());
    }
}
