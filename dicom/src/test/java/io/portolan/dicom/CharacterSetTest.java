package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts in octal as the annexes of PS3.5 print them, and what they say. */
class CharacterSetTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            # H.3.1, the Japanese name in ASCII, kanji and hiragana
            "\\ISO 2022 IR 87"               | Yamada^Tarou=\\033$B;3ED\\033(B^\\033$BB@O:\\033(B=\\033$B$d$^$@\\033(B^\\033$B$?$m$&\\033(B | Yamada^Tarou=山田^太郎=やまだ^たろう
            # H.3.2, half-width katakana
            "ISO 2022 IR 13\\ISO 2022 IR 87" | \\324\\317\\300\\336^\\300\\333\\263=\\033$B;3ED\\033(J^\\033$BB@O:\\033(J=\\033$B$d$^$@\\033(J^\\033$B$?$m$&\\033(J | ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう
            # I.2, Korean
            "\\ISO 2022 IR 149"              | Hong^Gildong=\\033$)C\\373\\363^\\033$)C\\321\\316\\324\\327=\\033$)C\\310\\253^\\033$)C\\261\\346\\265\\277 | Hong^Gildong=洪^吉洞=홍^길동
            # J.1, Chinese in UTF-8
            ISO_IR 192                       | Wang^XiaoDong=\\347\\216\\213^\\345\\260\\217\\346\\235\\261= | Wang^XiaoDong=王^小東=
            # J.3, Chinese in GB18030
            GB18030                          | Wang^XiaoDong=\\315\\365^\\320\\241\\266\\253= | Wang^XiaoDong=王^小东=
            # K.2, Chinese in GB 2312 with code extensions
            "\\ISO 2022 IR 58"               | Zhang^XiaoDong=\\033$)A\\325\\305^\\033$)A\\320\\241\\266\\253= | Zhang^XiaoDong=张^小东=
            # a delimiter returns to the initial set: the second part is not Korean any more
            "\\ISO 2022 IR 149"              | \\033$)C\\373\\363^\\373\\363 | 洪^ûó
            # JIS X 0212
            "\\ISO 2022 IR 159"              | \\033$(D0!\\033(B | 丂
            # Latin and Cyrillic in one name
            "ISO 2022 IR 100\\ISO 2022 IR 144" | Buc^J\\351r\\364me=\\033-L\\273\\356\\332 | Buc^Jérôme=Люк
            """)
    void readsNamesOfTheAnnexes(String terms, String octal, String expected) {
        CharacterSet set = CharacterSet.of(List.of(terms.split("\\\\")));
        assertThat(set.decodeName(bytes(octal))).isEqualTo(expected);
        assertThat(set.misspeltTerms()).isEmpty();
        assertThat(set.unknownTerms()).isEmpty();
    }

    /** I.3 and K.3: a line end returns to the initial set. */
    @Test
    void readsLongTextsLineByLine() {
        assertThat(CharacterSet.of(List.of("", "ISO 2022 IR 149"))
                        .decode(bytes("\\033$)CThe 1st line includes \\261\\346\\265\\277.\\015\\012"
                                + "The 2nd has \\033$)C\\261\\346, and\\015\\012none.")))
                .isEqualTo("The 1st line includes 길동.\r\nThe 2nd has 길, and\r\nnone.");
        assertThat(CharacterSet.of(List.of("", "ISO 2022 IR 58"))
                        .decode(bytes("1. line includes\\033$)A\\326\\320\\316\\304.\\015\\0122.\\015\\012")))
                .isEqualTo("1. line includes中文.\r\n2.\r\n");
    }

    /** H.3 and others: the single-byte sets, each with its own letters. */
    @ParameterizedTest
    @CsvSource({
        "ISO_IR 100, 304\\366\\374, Ä",
        "ISO_IR 101, 261, ą",
        "ISO_IR 109, 246, Ĥ",
        "ISO_IR 110, 261, ą",
        "ISO_IR 144, 273, Л",
        "ISO 2022 IR 144, 273, Л",
        "ISO_IR 127, 307, ا",
        "ISO_IR 126, 304, Δ",
        "ISO_IR 138, 371, ש",
        "ISO_IR 148, 320, Ğ",
        "ISO_IR 203, 244, €",
        "ISO_IR 13,  324, ﾔ",
        "ISO_IR 166, 241, ก",
        "GBK,        326\\320, 中",
        "'',         344, ä",
        "ISO_IR 6,   344, ä",
    })
    void readsSingleByteSets(String term, String octal, String expected) {
        assertThat(CharacterSet.of(List.of(term)).decode(bytes("A\\" + octal))).startsWith("A" + expected);
    }

    /** As a single term and with code extensions, and as devices misspell them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ISO-IR 144",
                "ISO IR 144",
                "ISO_IR_144",
                "iso_ir 144",
                "ISO_IR144",
                "ISO 2022 144",
                "IR 144",
                " ISO_IR 144 "
            })
    void takesMisspeltTermsForTheRight(String term) {
        CharacterSet set = CharacterSet.of(List.of(term));
        assertThat(set.decode(bytes("\\273"))).isEqualTo("Л");
        assertThat(set.misspeltTerms()).containsExactly(term);
        assertThat(set.unknownTerms()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO_IR 192", "UTF-8", "utf8", "ISO 2022 IR 192", "ISO-IR 192"})
    void readsUtf8HoweverItIsSpelt(String term) {
        assertThat(CharacterSet.of(List.of(term)).decode("Łódź".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("Łódź");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KLINGON", "ISO_IR 999", "ISO_IR", "192", "ISO 8859-1"})
    void readsAnUnknownTermAsLatin1AndSaysSo(String term) {
        CharacterSet set = CharacterSet.of(List.of(term));
        assertThat(set.decode(bytes("J\\351r\\364me"))).isEqualTo("Jérôme");
        assertThat(set.unknownTerms()).containsExactly(term);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    void takesATermOfVeryManyDigitsForUnknownAtOnce() {
        String term = "ISO" + "1".repeat(1_000_000) + "x";
        assertThat(CharacterSet.of(List.of(term)).unknownTerms()).hasSize(1);
    }

    /** Nothing is swallowed and nothing is thrown; \\uFFFD stands where bytes mean nothing. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            an escape at the end                      | A\\033                       | A\\uFFFD
            an escape cut short                       | A\\033$                      | A\\uFFFD$
            an escape that is unknown                 | A\\033%GB                    | A\\uFFFD%GB
            a kanji cut short                         | \\033$B;                     | \\uFFFD
            a kanji cut short by an escape            | \\033$B;\\033(BA             | \\uFFFDA
            a kanji that JIS does not have            | \\033$B//\\033(BA            | \\uFFFDA
            a hangul cut short by a delimiter         | \\033$)C\\373^A              | \\uFFFD^A
            a hangul cut short                        | \\033$)C\\373                | \\uFFFD
            """)
    void marksWhatMeansNothing(String what, String octal, String expected) {
        String text = CharacterSet.of(List.of("", "ISO 2022 IR 87")).decodeName(bytes(octal));
        assertThat(text).as(what).isEqualTo(expected.replace("\\uFFFD", "\uFFFD"));
    }

    /** In GB18030 and JIS X 0208 a byte of a character may be that of a backslash, a caret or an equals sign. */
    @Test
    void takesNoByteOfACharacterForADelimiter() {
        DataSet gb = DataSet.builder()
                .add(Element.of(Attribute.SpecificCharacterSet.tag(), Vr.CS, bytes("GB18030")))
                .add(Element.of(Attribute.PatientID.tag(), Vr.LO, bytes("\\201\\134A\\\\B")))
                .build();
        assertThat(gb.strings(Attribute.PatientID)).containsExactly("乗A", "B");
        DataSet jis = DataSet.builder()
                .add(Element.of(Attribute.SpecificCharacterSet.tag(), Vr.CS, bytes("\\\\ISO 2022 IR 87")))
                .add(Element.of(
                        Attribute.PatientName.tag(), Vr.PN, bytes("\\033$B$\\075$^\\033(B^\\033$B4\\134\\033(B")))
                .build();
        assertThat(jis.names(Attribute.PatientName).get(0).alphabetic())
                .isEqualTo(new PersonName.Group("そま", "舘", "", "", ""));
    }

    /** ISO-IR 14 has a yen sign where ASCII has the backslash, which in DICOM is the delimiter. */
    @Test
    void separatesValuesInJapanese() {
        assertThat(CharacterSet.of(List.of("ISO_IR 13")).decode(bytes("A\\134\\324")))
                .isEqualTo("A\\ﾔ");
    }

    @Test
    void ignoresEscapesWhereThereAreNoCodeExtensions() {
        assertThat(CharacterSet.UTF_8.decode(bytes("A\\033$B;3"))).isEqualTo("A\u001B$B;3");
    }

    /** \\ooo is a byte, anything else itself. */
    private static byte[] bytes(String octal) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Matcher token =
                Pattern.compile("\\\\([0-7]{3})|\\\\\\\\|.", Pattern.DOTALL).matcher(octal);
        while (token.find()) {
            if (token.group(1) != null) {
                out.write(Integer.parseInt(token.group(1), 8));
            } else {
                out.write(token.group().charAt(0));
            }
        }
        return out.toByteArray();
    }
}
