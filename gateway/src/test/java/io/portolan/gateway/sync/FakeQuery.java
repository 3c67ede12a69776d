package io.portolan.gateway.sync;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a search of QIDO-RS asks {@link FakeDicomWeb} for. */
record FakeQuery(Map<String, String> query) {

    private static final Set<String> NO_KEYS = Set.of("limit", "offset", "includefield");

    int number(String name, int otherwise) {
        return Integer.parseInt(query.getOrDefault(name, Integer.toString(otherwise)));
    }

    boolean matches(DataSet one) {
        return query.entrySet().stream()
                .filter(key -> !NO_KEYS.contains(key.getKey()))
                .allMatch(key ->
                        matches(one.string(Attribute.valueOf(key.getKey())).orElse(""), key.getValue()));
    }

    /** A range of dates or times, both ends included, or one value (PS3.4 C.2.2.2). */
    private static boolean matches(String value, String key) {
        int dash = key.indexOf('-');
        return dash < 0
                ? value.equals(key)
                : !value.isEmpty()
                        && value.compareTo(key.substring(0, dash)) >= 0
                        && value.compareTo(key.substring(dash + 1)) <= 0;
    }

    /** Of a result what was asked for. */
    DataSet asked(DataSet result) {
        Set<Integer> tags = Arrays.stream(query.getOrDefault("includefield", "").split(",", -1))
                .map(HexFormat::fromHexDigits)
                .collect(Collectors.toSet());
        return result.where(tags::contains);
    }
}
