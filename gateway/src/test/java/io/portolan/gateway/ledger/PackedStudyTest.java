package io.portolan.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.PackedTable.Column;
import io.portolan.gateway.ledger.StudyRows.Rows;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into the packed form comes out, whatever it is. */
class PackedStudyTest {

    private static final Uid STUDY = new Uid("1.2.3");

    private static final String VERSION_1 =
            "0178f99086bd4b6366606687f68058c1ad463648edc7c8c0c4c4ac594da8f31210a10b1a82ae55ab26d4f260022953af26541782fb78b520db1919189999f42c1918981818804c663d4620c578ce13c46562606154ab26264a6a819ad89d43e283fcfd7d81fa84b10481208618d07ac6861f9b9eeecd50626260bcd0b205c8028931703181dcc0dfbf36fae669b7f90b530bdaca35a6f20165b8914219c546464cd31940800900bee95206";

    private static final String PUBLISHED_1 =
            "0178f9c66e491f6361d124d4e0809701b2c87e36d6b3544209107134593d13734343a03d5258c48d94c096333230313101000cef23e6";

    private static final String SMALL_JSON =
            "{\"resourceType\":\"ImagingStudy\",\"series\":[{\"uid\":\"1.2.3.9\",\"instance\":[{\"uid\":\"1.2.3.9.4711\"},"
                    + "{\"uid\":\"1.2.3.9.4712\"}]}]}";

    /** Texts that are hard on whoever looks for digits, UIDs, UUIDs and signs in them. */
    private static final List<String> TEXTS = List.of(
            "",
            "1.2.3",
            "1.2.33.1.2.3",
            "0",
            "007",
            "999999999999999999",
            "9999999999999999999",
            "18446744073709551616",
            "a1b2c3",
            "葛葉^燕 \uD83D\uDE00",
            "\u0001\u0002\u0003\u0004\u0005\u0006A",
            "12\u000134",
            "x-0f8fad5b-d9cb-469f-a165-70867728950e.dcm",
            "0F8FAD5B-D9CB-469F-A165-70867728950E",
            "00000000-0000-0000-0000-0000000000000f8fad5b-d9cb-469f-a165-70867728950e",
            "{\"00200013\":{\"vr\":\"IS\",\"Value\":[\"1\"]}}",
            "٣٤ ١٢");

    private static StudyRows random(Random random, int size) {
        Map<PackedTable, Rows> tables = new EnumMap<>(PackedTable.class);
        for (PackedTable table : PackedTable.values()) {
            int rows = table == PackedTable.INSTANCE ? size : 1 + random.nextInt(size);
            Map<String, List<@Nullable Long>> numbers = new HashMap<>();
            Map<String, List<String>> texts = new HashMap<>();
            for (Column column : table.columns()) {
                int kind = random.nextInt(4);
                List<@Nullable Long> values = new ArrayList<>();
                List<String> words = new ArrayList<>();
                for (int i = 0; i < rows; i++) {
                    values.add(number(random, kind, column, tables, i));
                    words.add(text(random, kind, i));
                }
                if (column.isText()) {
                    texts.put(column.name(), words);
                } else {
                    numbers.put(column.name(), Collections.unmodifiableList(values));
                }
            }
            tables.put(table, new Rows(rows, numbers, texts));
        }
        return new StudyRows(tables);
    }

    private static @Nullable Long number(
            Random random, int kind, Column column, Map<PackedTable, Rows> tables, int row) {
        if (column.of() != null) {
            return (long) random.nextInt(tables.getOrDefault(column.of(), new Rows(1, Map.of(), Map.of()))
                    .size());
        }
        boolean nullable = column.name().endsWith("_at") && !column.name().equals("received_at");
        return switch (kind) {
            case 0 -> 7L;
            case 1 -> 1_770_000_000_000L + row * 40L + random.nextInt(9);
            case 2 -> random.nextLong() / 4;
            default -> nullable && random.nextBoolean() ? null : (Long) (long) random.nextInt(3);
        };
    }

    private static String text(Random random, int kind, int row) {
        return switch (kind) {
            case 0 -> "same";
            case 1 -> "1.2.840.5." + (9_995 + row) + (random.nextInt(5) == 0 ? "x" : "");
            case 2 -> "2.25." + new BigInteger(127, random);
            default ->
                random.nextInt(3) == 0
                        ? new UUID(random.nextLong(), random.nextLong()) + ".dcm"
                        : TEXTS.get(random.nextInt(TEXTS.size()));
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 200})
    void comesOutAsItWentIn(int size) {
        Random random = new Random(size);
        for (int round = 0; round < 100; round++) {
            StudyRows rows = random(random, size);
            byte[] packed = PackedStudy.pack(STUDY, rows);
            assertThat(PackedStudy.unpack(STUDY, packed)).isEqualTo(rows);
            assertThat(PackedStudy.pack(STUDY, PackedStudy.unpack(STUDY, packed)))
                    .isEqualTo(packed);
        }
    }

    /** Of the first version that wrote any: whoever changes a dictionary or a form has lost the studies of others. */
    @Test
    void readsWhatVersionOneWrote() {
        byte[] packed = HexFormat.of().parseHex(VERSION_1);
        assertThat(HexFormat.of().formatHex(PackedStudy.pack(STUDY, small()))).isEqualTo(VERSION_1);
        assertThat(PackedStudy.unpack(STUDY, packed)).isEqualTo(small());
        byte[] published = HexFormat.of().parseHex(PUBLISHED_1);
        assertThat(Publications.unzip(published)).isEqualTo(SMALL_JSON);
    }

    private static StudyRows small() {
        return new StudyRows(Map.of(
                PackedTable.HEADER,
                new Rows(
                        3,
                        Map.of(),
                        Map.of(
                                "level",
                                List.of("PATIENT", "STUDY", "SERIES"),
                                "attributes",
                                List.of(
                                        "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"PX-7\"]}}",
                                        "{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]}}",
                                        "{\"00080060\":{\"vr\":\"CS\",\"Value\":[\"CT\"]}}"))),
                PackedTable.SERIES,
                new Rows(1, Map.of(), Map.of("series_uid", List.of("1.2.3.9"))),
                PackedTable.INSTANCE,
                new Rows(
                        2,
                        Map.of(
                                "series_id", List.of(0L, 0L),
                                "patient_header_id", List.of(0L, 0L),
                                "study_header_id", List.of(1L, 1L),
                                "series_header_id", List.of(2L, 2L),
                                "received_at", List.of(1_795_000_000_000L, 1_795_000_000_017L),
                                "resent_at", Arrays.asList(null, 1_795_000_009_000L),
                                "corrected", List.of(0L, 1L),
                                "listed", List.of(0L, 5L),
                                "gone_at", Arrays.asList(null, null)),
                        Map.of(
                                "sop_uid", List.of("1.2.3.9.4711", "1.2.3.9.4712"),
                                "attributes",
                                        List.of(
                                                "{\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2.3.9.4711\"]}}",
                                                "{\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2.3.9.4712\"]}}"),
                                "calling_ae", List.of("CT_ROOM", "CT_ROOM"),
                                "transfer_syntax", List.of("1.2.840.10008.1.2.1", "1.2.840.10008.1.2"))),
                PackedTable.FILE,
                new Rows(
                        1,
                        Map.of(
                                "instance_id",
                                List.of(1L),
                                "received_at",
                                List.of(1_795_000_000_017L),
                                "storage_id",
                                List.of(1L)),
                        Map.of(
                                "path", List.of("1.2.3/1.2.3.9/1.2.3.9.4712-0f8fad5b-d9cb-469f-a165-70867728950e.dcm"),
                                "calling_ae", List.of("CT_ROOM"),
                                "transfer_syntax", List.of("1.2.840.10008.1.2")))));
    }

    @Test
    void whatWasPublishedComesOutAsItWentIn() {
        for (String text : TEXTS) {
            String json =
                    "{\"a\":\"" + text + "\",\"series\":[{\"uid\":\"1\",\"x\":1},{\"uid\":\"2\",\"x\":2}]}" + text;
            byte[] zipped = Publications.zip(json);
            Publications.pack(zipped)
                    .ifPresentOrElse(
                            packed -> assertThat(Publications.unzip(packed)).isEqualTo(json),
                            () -> assertThat(text)
                                    .as("signs of our own are left alone")
                                    .contains("\u0001"));
            assertThat(Publications.unzip(zipped)).isEqualTo(json);
        }
    }
}
