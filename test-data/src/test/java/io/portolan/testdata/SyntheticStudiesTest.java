package io.portolan.testdata;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.PersonName;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SyntheticStudiesTest {

    static Stream<DataSet> instances() {
        return SyntheticStudies.all().stream().flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("instances")
    void writesFilesThatReadBackTheSame(DataSet instance) throws Exception {
        byte[] file = SyntheticStudies.toFile(instance);
        DicomReader reader = DicomReader.open(new ByteArrayInputStream(file), Selection.ALL, ReadLimits.DEFAULT);
        assertThat(reader.readHeader().inUtf8())
                .isEqualTo(instance.where(tag -> tag != 0x7FE0_0010).inUtf8());
        reader.verifyToEnd();
    }

    @Test
    void writesTheJapaneseNameInThreeGroups() {
        PersonName name = SyntheticStudies.japaneseName()
                .get(0)
                .names(Attribute.PatientName)
                .get(0);
        assertThat(name.ideographic().family()).isEqualTo("葛葉");
        assertThat(name.phonetic().given()).isEqualTo("つばめ");
    }

    @ParameterizedTest
    @MethodSource("instances")
    void listsEveryPatientValue(DataSet instance) {
        Stream.of(Attribute.PatientID, Attribute.PatientBirthDate, Attribute.PatientAddress)
                .forEach(attribute -> assertThat(SyntheticStudies.PATIENT_VALUES)
                        .contains(instance.string(attribute).orElseThrow()));
    }
}
