package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingOptionsTest {

    @ParameterizedTest
    @CsvSource({
        "DICOM_WADO_RS,  https://pacs.example.org/dicom-web/",
        "DICOM_WADO_RS,  https://pacs.example.org/dicom-web/studies",
        "DICOM_QIDO_RS,  https://pacs.example.org/dicom-web/studies/1.2.3",
        "DICOM_WADO_RS,  file:///var/images",
        "DICOM_WADO_RS,  /dicom-web",
        "DICOM_WADO_URI, https://pacs.example.org/wado?requestType=WADO",
        "DICOM_WADO_URI, https://pacs.example.org/wado?",
        "IHE_IID,        https://viewer.example.org/iid#top",
        "IHE_IID,        viewer",
    })
    void refusesAnAddressThatIsNotABase(EndpointType type, String address) {
        assertThatThrownBy(() -> new EndpointOption("name", type, address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint address");
    }

    @ParameterizedTest
    @CsvSource({
        "DICOM_WADO_RS,  https://pacs.example.org/dicom-web",
        "DICOM_QIDO_RS,  http://localhost:8042/studies-archive/rs",
        "DICOM_WADO_URI, https://pacs.example.org/wado",
    })
    void takesABaseAddress(EndpointType type, String address) {
        assertThat(new EndpointOption("name", type, address).address()).isEqualTo(address);
    }

    @Test
    void refusesTheSameEndpointTwice() {
        EndpointOption one = new EndpointOption("one", EndpointType.IHE_IID, "https://viewer.example.org");
        EndpointOption two = new EndpointOption("two", EndpointType.IHE_IID, "https://viewer.example.org");
        MappingOptions options = MappingOptions.defaults("urn:own");
        assertThatThrownBy(() -> Site.with(options, List.of(), List.of(one, two), List.of()))
                .hasMessage("endpoints: two of the same type and address");
    }

    @Test
    void refusesToCreateWhatNoImageSaysEnoughOf() {
        MappingOptions options = MappingOptions.defaults("urn:own");
        assertThatThrownBy(() -> Site.with(options, Map.of(ReferencedType.ENCOUNTER, Strategy.CREATE)))
                .hasMessage("Encounter: never created, by reference only");
    }

    @Test
    void refusesAViewerOfSeries() {
        assertThatThrownBy(() -> new EndpointOption(
                        "viewer", EndpointType.IHE_IID, "https://viewer.example.org", List.of("CT1")))
                .hasMessage("endpoint: ihe-iid shows studies, not series");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HARBOUR", "harbour/patients", "a b:c"})
    void refusesASystemThatIsNoAbsoluteUri(String system) {
        assertThatThrownBy(() -> MappingOptions.defaults(system))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("identifierSystem");
    }
}
