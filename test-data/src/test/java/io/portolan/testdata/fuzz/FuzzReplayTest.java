package io.portolan.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.portolan.dicom.net.NetworkFuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fuzzer once found, what it starts with, and a little of what it does, in every build. */
@Timeout(120)
class FuzzReplayTest {

    private static final int MUTATIONS = 600; // of each target
    private static final long SEED = 42;
    private static final Path ROOT = Path.of(System.getProperty("portolan.root", ""));

    @ParameterizedTest
    @EnumSource
    void takesEverySeed(FuzzTarget target) {
        List<byte[]> seeds = Seeds.of(target);
        assertThat(seeds).isNotEmpty();
        for (int i = 0; i < seeds.size(); i++) {
            check(target, "seed " + i, seeds.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesEverySeedChangedAtRandom(FuzzTarget target) throws Exception {
        List<byte[]> seeds = Seeds.of(target);
        Random random = new Random(SEED);
        for (int i = 0; i < MUTATIONS; i++) {
            check(target, "mutation " + i + " of seed " + SEED, Mutations.mutate(target, seeds, random));
        }
    }

    @ParameterizedTest
    @EnumSource
    void staysRightWhereItWasWrong(FuzzTarget target) throws Exception {
        for (Path finding : Seeds.findings(ROOT, target.title())) {
            check(target, finding.toString(), Files.readAllBytes(finding));
        }
    }

    @Test
    void knowsTheTargetOfEveryFinding() throws Exception {
        List<String> targets = Stream.concat(
                        Arrays.stream(FuzzTarget.values()).map(FuzzTarget::title),
                        Arrays.stream(NetworkFuzz.values()).map(NetworkFuzz::title))
                .toList();
        Path folder = ROOT.resolve("test-data/fuzz");
        assertThat(Seeds.files(folder))
                .allSatisfy(finding -> assertThat(targets)
                        .contains(folder.relativize(finding).getName(0).toString()));
    }

    @ParameterizedTest
    @EnumSource
    void takesTheCorpus(FuzzTarget target) throws Exception {
        String folder = System.getProperty("portolan.corpus", "");
        assumeFalse(folder.isEmpty(), "no corpus: run with -Dportolan.corpus=<folder of DICOM files>");
        List<byte[]> files = Seeds.ofCorpus(target, Path.of(folder));
        for (int i = 0; i < files.size(); i++) {
            check(target, "file " + i, files.get(i));
        }
    }

    private static void check(FuzzTarget target, String what, byte[] data) {
        assertThatCode(() -> target.check(data)).as("%s, %s", target, what).doesNotThrowAnyException();
    }
}
