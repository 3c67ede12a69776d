package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesTest {

    /** A semicolon stands between the values expected. */
    @ParameterizedTest
    @CsvSource({
        "US, 0100 ffff,                         1;65535",
        "SS, 0100 ffff,                         1;-1",
        "UL, ffffffff,                          4294967295",
        "SL, ffffffff,                          -1",
        "UV, ffffffffffffffff,                  18446744073709551615",
        "SV, ffffffffffffffff,                  -1",
        "FL, 0000803f 0000c07f 000080ff,        1.0;NaN;-Infinity",
        "FD, 000000000000f03f,                  1.0",
        "AT, 18006310 feff00e0,                 00181063;FFFEE000",
        "US, 0100 ff,                           1",
        "US, ff,                                ''",
        "AT, 180063,                            ''",
        "OB, 0100,                              ''",
        "UN, 4142,                              ''",
    })
    void readsBinaryNumbersAndDropsOneThatIsNotWhole(Vr vr, String hex, String expected) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        List<String> values = Values.strings(Element.of(0x0009_1001, vr, bytes), CharacterSet.DEFAULT);
        assertThat(String.join(";", values)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "CS, 'CT ',          'CT'",
        "CS, 'A\\ B \\',     'A;B;'",
        "UI, '1.2\0',        '1.2'",
        "LO, ' a  b ',       'a  b'",
        "LO, '\t\0 ',        ''",
        "PN, 'A^B =C\\ D ',  'A^B =C;D'",
        "ST, '  a\\b ',      '  a\\b'",
        "LT, 'a\r\n ',       'a'",
        "UT, '  ',           ''",
        "UR, ' http://h/a\\b ', 'http://h/a\\b'",
        "UC, 'a\\b',         'a;b'",
    })
    void splitsTextsAndDropsPadding(Vr vr, String text, String expected) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<String> values = Values.strings(Element.of(0x0009_1001, vr, bytes), CharacterSet.UTF_8);
        assertThat(String.join(";", values)).isEqualTo(expected);
    }
}
