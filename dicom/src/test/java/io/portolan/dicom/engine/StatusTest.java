package io.portolan.dicom.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x0000 | success        | 0x0000 Success",
                "0x0001 | warning        | 0x0001 Warning",
                "0x0110 | failure        | 0x0110 Failure: Processing failure",
                "0xA700 | failure        | 0xA700 Refused: Out of resources",
                "0xA701 | failure        | 0xA701 Refused: Out of resources, unable to calculate number of matches",
                "0xA702 | failure        | 0xA702 Refused: Out of resources, unable to perform sub-operations",
                "0xA703 | failure        | 0xA703 Refused: Out of resources",
                "0xA801 | failure        | 0xA801 Refused: Move Destination unknown",
                "0xA900 | failure        | 0xA900 Error: Data Set does not match SOP Class",
                "0xB000 | warning        | 0xB000 Warning: Coercion of Data Elements",
                "0xC123 | failure        | 0xC123 Error: Cannot understand",
                "0xFE00 | failure        | 0xFE00 Cancel",
                "0xFF00 | pending        | 0xFF00 Pending",
                "0xFF01 | pending        | 0xFF01 Pending: optional keys not supported",
                "0xFF02 | failure        | 0xFF02 Failure",
            })
    void saysWhatACodeMeans(String code, String kind, String words) {
        Status status = new Status(Integer.decode(code));
        assertThat(status).hasToString(words);
        assertThat(status.isSuccess()).isEqualTo(kind.equals("success"));
        assertThat(status.isWarning()).isEqualTo(kind.equals("warning"));
        assertThat(status.isPending()).isEqualTo(kind.equals("pending"));
        assertThat(status.isStored()).isEqualTo(kind.equals("success") || kind.equals("warning"));
    }
}
