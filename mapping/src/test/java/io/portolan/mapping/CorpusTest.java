package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DataSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Every study that can be made from a folder of real files ({@code -Dportolan.corpus=...}) maps, and is valid FHIR. */
@EnabledIfSystemProperty(named = "portolan.corpus", matches = ".+")
class CorpusTest {

    @Test
    void mapsEveryStudyToValidResources() throws Exception {
        List<List<DataSet>> studies = Corpus.studies();
        assertThat(studies).hasSizeGreaterThan(100);
        Validator validator = new Validator();
        List<String> unexplained = new ArrayList<>();
        for (List<DataSet> study : studies) {
            for (String message : validator.validate(Rendering.of(study).resource())) {
                boolean explained = ValidationTest.EXPLAINED.keySet().stream()
                        .anyMatch(pattern -> pattern.matcher(message).find());
                if (!explained) {
                    unexplained.add(message);
                }
            }
        }
        assertThat(unexplained).isEmpty();
    }
}
