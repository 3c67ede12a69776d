package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Every study that can be made from a folder of real files ({@code -Dportolan.corpus=...}) maps, and is valid FHIR. */
@EnabledIfSystemProperty(named = "portolan.corpus", matches = ".+")
class CorpusTest {

    private static final Path FOLDER = Path.of(System.getProperty("portolan.corpus", ""));

    @Test
    void mapsEveryStudyToValidResources() throws Exception {
        Map<Uid, List<Instance>> studies = new TreeMap<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                read(file)
                        .ifPresent(instance -> studies.computeIfAbsent(instance.study(), uid -> new ArrayList<>())
                                .add(instance));
            }
        }
        assertThat(studies).isNotEmpty();
        Validator validator = new Validator();
        List<String> errors = new ArrayList<>();
        studies.forEach((uid, instances) ->
                validator
                        .validate(Rendering.ofInstances(instances, Rendering.OPTIONS)
                                .resource())
                        .stream()
                        .filter(message -> !message.startsWith("WARNING"))
                        .forEach(errors::add));
        assertThat(errors).isEmpty();
    }

    /** Nothing for what is no instance: another kind of file, a broken one, one without UIDs. */
    private static Optional<Instance> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            DataSet header =
                    DicomReader.open(in, Selection.MAPPED, ReadLimits.DEFAULT).readHeader();
            return Optional.of(Instance.of(header));
        } catch (MalformedDataException | UnidentifiedInstanceException e) {
            return Optional.empty();
        }
    }
}
