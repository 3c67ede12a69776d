package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferSyntaxTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # UID                   | explicit | big endian | deflated | encapsulated
            1.2.840.10008.1.2       | false    | false      | false    | false
            1.2.840.10008.1.2.1     | true     | false      | false    | false
            1.2.840.10008.1.2.1.99  | true     | false      | true     | false
            1.2.840.10008.1.2.2     | true     | true       | false    | false
            1.2.840.10008.1.2.4.50  | true     | false      | false    | true
            1.2.840.10008.1.2.4.95  | true     | false      | true     | true
            1.2.840.10008.1.2.5     | true     | false      | false    | true
            1.2.3.4                 | true     | false      | false    | true
            """)
    void knowsHowAHeaderIsEncoded(String uid, boolean explicit, boolean big, boolean deflated, boolean encapsulated) {
        TransferSyntax syntax = TransferSyntax.of(new Uid(uid));
        assertThat(syntax.uid()).isEqualTo(new Uid(uid));
        assertThat(syntax.explicitVr()).isEqualTo(explicit);
        assertThat(syntax.bigEndian()).isEqualTo(big);
        assertThat(syntax.deflated()).isEqualTo(deflated);
        assertThat(syntax.encapsulated()).isEqualTo(encapsulated);
    }

    @Test
    void findsWhatTheTableHasOnly() {
        assertThat(TransferSyntax.find(new Uid("1.2.3.4"))).isEmpty();
        assertThat(TransferSyntax.all())
                .contains(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)
                .doesNotHaveDuplicates();
        assertThat(TransferSyntax.all()).extracting(TransferSyntax::name).doesNotHaveDuplicates();
    }
}
