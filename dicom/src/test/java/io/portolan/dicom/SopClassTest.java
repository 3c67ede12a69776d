package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SopClassTest {

    @ParameterizedTest
    @CsvSource({
        "1.2.840.10008.5.1.4.1.1.2, CT Image Storage, false",
        "1.2.840.10008.5.1.4.1.1.3, Ultrasound Multi-frame Image Storage, true",
        "1.2.840.10008.5.1.4.1.1.12.77, Zeiss OPT File, true",
        "1.2.840.10008.5.1.4.1.1.88.67, X-Ray Radiation Dose SR Storage, false",
        "1.2.840.10008.5.1.4.1.1.104.1, Encapsulated PDF Storage, false",
        "1.2.840.10008.5.1.4.1.1.481.3, RT Structure Set Storage, false",
        "1.2.840.10008.5.1.4.34.7, RT Beams Delivery Instruction Storage, false",
        "1.2.840.10008.5.1.4.1.1.200.2, CT Performed Procedure Protocol Storage, false",
    })
    void knowsStorageClassesByTheNameInTheStandard(String uid, String name, boolean retired) {
        assertThat(SopClass.find(new Uid(uid))).contains(new SopClass(new Uid(uid), name, true, retired));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.840.10008.1.1", // Verification
                "1.2.840.10008.1.20.1", // Storage Commitment Push Model
                "1.2.840.10008.3.1.2.3.3", // Modality Performed Procedure Step
                "1.2.840.10008.5.1.4.1.2.2.1", // Study Root Query/Retrieve FIND
                "1.2.840.10008.5.1.4.1.2.2.3", // Study Root Query/Retrieve GET
                "1.2.840.10008.5.1.4.31", // Modality Worklist FIND
                "1.2.840.10008.1.3.10", // Media Storage Directory Storage: never sent over the network
                "1.2.840.10008.5.1.4.38.1", // Hanging Protocol Storage: belongs to no study
            })
    void knowsOtherServicesAsNotStorage(String uid) {
        assertThat(SopClass.find(new Uid(uid))).get().returns(false, SopClass::storage);
    }

    @Test
    void doesNotKnowPrivateClasses() {
        assertThat(SopClass.find(new Uid("1.3.12.2.1107.5.9.1"))).isEmpty();
    }

    @Test
    void listsEveryStorageClassOnce() {
        assertThat(SopClass.allStorage())
                .hasSize(201)
                .allMatch(SopClass::storage)
                .doesNotHaveDuplicates()
                .allMatch(row -> row.name().contains("Storage") || row.name().equals("Zeiss OPT File"));
    }

    @Test
    void givesEveryClassANameAndAStandardUid() {
        assertThat(SopClass.allStorage())
                .allMatch(row -> row.uid().value().startsWith("1.2.840.10008."))
                .noneMatch(row -> row.name().isBlank());
    }
}
