package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonNameTest {

    /** The examples of PS3.5 6.2.1.2, and what people make of them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Adams^John Robert Quincy^^Rev.^B.A. M.Div. | Adams     | John Robert Quincy | ''  | Rev. | B.A. M.Div. | Rev. John Robert Quincy Adams B.A. M.Div.
            Morrison-Jones^Susan^^^Ph.D., CEO          | Morrison-Jones | Susan         | ''  | ''   | Ph.D., CEO   | Susan Morrison-Jones Ph.D., CEO
            Doe^John                                   | Doe       | John               | ''  | ''   | ''           | John Doe
            Smith^Fluffy                               | Smith     | Fluffy             | ''  | ''   | ''           | Fluffy Smith
            ABC Farms^Running on Water                 | ABC Farms | Running on Water   | ''  | ''   | ''           | Running on Water ABC Farms
            Doe                                        | Doe       | ''                 | ''  | ''   | ''           | Doe
            ^John                                      | ''        | John               | ''  | ''   | ''           | John
            ' Doe ^ John ^^^ '                         | Doe       | John               | ''  | ''   | ''           | John Doe
            A^B^C^D^E^F                                | A         | B                  | C   | D    | E^F          | D B C A E^F
            """)
    void hasFiveComponents(
            String text, String family, String given, String middle, String prefix, String suffix, String line) {
        PersonName name = PersonName.parse(text);
        assertThat(name.alphabetic()).isEqualTo(new PersonName.Group(family, given, middle, prefix, suffix));
        assertThat(name.text()).isEqualTo(line);
        assertThat(name.isEmpty()).isFalse();
    }

    @Test
    void hasThreeGroups() {
        PersonName name = PersonName.parse("Yamada^Tarou=山田^太郎=やまだ^たろう");
        assertThat(name.alphabetic().family()).isEqualTo("Yamada");
        assertThat(name.ideographic().given()).isEqualTo("太郎");
        assertThat(name.phonetic().family()).isEqualTo("やまだ");
        assertThat(name.text()).isEqualTo("Tarou Yamada");
        assertThat(PersonName.parse("=山田^太郎").text()).isEqualTo("太郎 山田");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "^", "^^^^", "=", "==", "^=^=^", " ^ = "})
    void isEmptyWhenOnlyDelimitersAreThere(String text) {
        assertThat(PersonName.parse(text).isEmpty()).isTrue();
        assertThat(PersonName.parse(text).text()).isEmpty();
    }

    @Test
    void staysOutOfLogs() {
        assertThat(PersonName.parse("Doe^John")).hasToString("PersonName");
    }
}
