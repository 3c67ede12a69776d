package io.portolan.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CasesTest {

    @TempDir
    Path folder;

    @Test
    void findsTheSameCasesInTheSourcesAndOnTheClassPath() throws Exception {
        assertThat(Cases.all()).isNotEmpty();
        assertThat(Cases.onClassPath()).extracting(Case::name).isEqualTo(names(Cases.all()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"case.md", "0001.dump", "expected.fhir.json", "expected.issues"})
    void refusesACaseThatLacksAPart(String part) throws Exception {
        write(part);
        assertThatThrownBy(() -> Cases.in(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(part);
    }

    @Test
    void refusesACaseWithAPartThatNobodyKnows() throws Exception {
        write("none");
        Files.writeString(folder.resolve("one/expected.json"), "");
        assertThatThrownBy(() -> Cases.in(folder)).hasMessage("one: what is expected.json?");
    }

    @Test
    void readsACase() throws Exception {
        write("none");
        assertThat(names(Cases.in(folder))).containsExactly("one");
    }

    private void write(String without) throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        for (String part : List.of("case.md", "0001.dump", "expected.fhir.json", "expected.issues")) {
            if (!part.equals(without)) {
                Files.writeString(
                        one.resolve(part), part.equals("0001.dump") ? "(0008,0060) CS Modality = CT\n" : part);
            }
        }
    }

    private static List<String> names(List<Case> cases) {
        return cases.stream().map(Case::name).toList();
    }
}
