package io.portolan.gateway.sync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.util.regex.Pattern;

/**
 * Reads an answer of DICOMweb, an array of data sets in the DICOM JSON model (PS3.18 F.2), one at a time: neither the array
 * nor what a selection passes over is ever held.
 *
 * <p>Deviation from PS3.18 F.2.1: a data set that is in no array is read as well, as some servers answer of a single one.
 */
final class JsonDataSets {

    private static final Pattern TAG = Pattern.compile("[0-9A-Fa-f]{8}");
    private static final int DEPTH_MAX = 256;

    private final Selection selection;
    private final int charactersMax;
    private final JsonFactory json;

    /** @param charactersMax what may be kept of one data set */
    JsonDataSets(Selection selection, int charactersMax) {
        this.selection = selection;
        this.charactersMax = charactersMax;
        this.json = new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(charactersMax)
                        .maxNestingDepth(DEPTH_MAX)
                        .build())
                .build();
    }

    /**
     * Reads to the end.
     *
     * @throws MalformedDataException no JSON, or not this model; those read so far have been told
     * @throws IOException the stream's own
     */
    void read(InputStream in, DicomWebAnswer.Sink sink) throws IOException {
        try (JsonParser parser = json.createParser(in)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                sink.accept(dataSet(parser));
            } else if (first == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    require(parser, JsonToken.START_OBJECT, "not an object where a data set has to be");
                    sink.accept(dataSet(parser));
                }
            } else {
                throw invalid(parser, "JSON: no array of data sets");
            }
            if (parser.nextToken() != null) {
                throw invalid(parser, "JSON: something behind the end");
            }
        } catch (JsonProcessingException e) {
            // its text may quote what was read
            long position = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw new MalformedDataException(
                    MalformedDataException.Kind.INVALID, Math.max(0, position), "", "no JSON, or beyond its limits");
        }
    }

    private DataSet dataSet(JsonParser parser) throws IOException {
        DataSet.Builder builder = DataSet.builder(CharacterSet.UTF_8);
        boolean mayBeKeyObject = true;
        int characters = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if (!TAG.matcher(key).matches()) {
                throw invalid(parser, "a key that is not a tag of eight hexadecimal digits");
            }
            int tag = Integer.parseUnsignedInt(key, 16);
            if (!selection.keepsOfTop(tag, mayBeKeyObject)) {
                parser.skipChildren();
                continue;
            }
            String text = "{\"" + key + "\":" + element(parser, charactersMax - characters) + '}';
            characters += text.length();
            DataSet element = DicomJson.parse(text);
            builder.addAll(element);
            if (tag == Attribute.SOPClassUID.tag()) {
                mayBeKeyObject = Selection.isKeyObject(element);
            }
        }
        return selection.of(builder.build());
    }

    private String element(JsonParser parser, int charactersLeft) throws IOException {
        LimitedText text = new LimitedText(charactersLeft);
        try (JsonGenerator copy = json.createGenerator(text)) {
            copy.copyCurrentStructureExact(parser);
        }
        return text.text.toString();
    }

    private static void require(JsonParser parser, JsonToken token, String otherwise) throws MalformedDataException {
        if (parser.currentToken() != token) {
            throw invalid(parser, otherwise);
        }
    }

    private static MalformedDataException invalid(JsonParser parser, String reason) {
        long position = Math.max(0, parser.currentLocation().getByteOffset());
        return new MalformedDataException(MalformedDataException.Kind.INVALID, position, "", reason);
    }

    /** Text, but not more of it than may be. */
    private static final class LimitedText extends Writer {

        private final StringBuilder text = new StringBuilder();
        private final int charactersMax;

        private LimitedText(int charactersMax) {
            this.charactersMax = charactersMax;
        }

        @Override
        public void write(char[] characters, int offset, int length) throws MalformedDataException {
            if (text.length() + length > charactersMax) {
                throw new MalformedDataException(
                        MalformedDataException.Kind.LIMIT, 0, "", "a data set of more characters than may be kept");
            }
            text.append(characters, offset, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
