package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.mapping.OfficialMapping.Source;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Our tables against FHIR's own mapping: everything official is mapped, or there is a reason. */
class OfficialMappingTest {

    private final List<Source> official = OfficialMapping.sources();
    private final List<OfficialGap> gaps = Stream.concat(OfficialGap.NOT_MAPPED.stream(), OfficialGap.ERRATA.stream())
            .toList();

    @Test
    void knowsTheOfficialMapping() {
        assertThat(official)
                .contains(
                        new Source("ImagingStudy.subject", "(0010,*)"),
                        new Source("ImagingStudy.series.performer", "(0008,1072)"))
                .hasSizeGreaterThan(35);
    }

    @Test
    void readsEveryOfficialAttributeOrSaysWhyNot() {
        assertThat(official)
                .allSatisfy(source -> assertThat(
                                source.isRead() || gaps.stream().anyMatch(gap -> source.isIn(gap)))
                        .as(source.toString())
                        .isTrue());
    }

    @Test
    void hasNoReasonThatIsStale() {
        assertThat(gaps)
                .allSatisfy(gap -> assertThat(official)
                        .as("still official and still not read: " + gap)
                        .anyMatch(source -> source.isIn(gap) && !source.isRead()));
    }
}
