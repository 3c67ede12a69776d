package io.portolan.testdata.fuzz;

import static io.portolan.testdata.fuzz.RoundTrips.require;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.MalformedDataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Parses some text: it is refused with its place, or comes back the same in both text forms. */
final class TextCheck {

    interface Parsing {
        DataSet parse(String text) throws MalformedDataException;
    }

    private TextCheck() {}

    static Consumer<byte[]> of(Parsing parsing) {
        return data -> check(new String(data, StandardCharsets.UTF_8), parsing);
    }

    private static void check(String text, Parsing parsing) {
        DataSet parsed;
        try {
            parsed = parsing.parse(text);
        } catch (MalformedDataException e) {
            // Of a dump the line, counted from 1; of JSON the character.
            require(e.position() >= 0 && e.position() <= text.length() + 1, "no place in the text: " + e.position());
            return;
        }
        try {
            RoundTrips.throughJson(parsed);
            RoundTrips.throughDump(parsed);
        } catch (IOException e) {
            throw new AssertionError("what we wrote is refused: " + e.getMessage(), e);
        }
    }
}
