package io.portolan.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, as a table for docs/performance.md: in each cell the median (slowest, fastest). */
final class Rates {

    private final List<String> columns;
    private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

    Rates(String... columns) {
        this.columns = List.of(columns);
    }

    void add(String row, String column, double rate) {
        rows.computeIfAbsent(row, r -> new LinkedHashMap<>())
                .computeIfAbsent(column, c -> new ArrayList<>())
                .add(rate);
    }

    void print() {
        System.out.println("| | " + String.join(" | ", columns) + " |");
        System.out.println("|---" + "|---".repeat(columns.size()) + "|");
        rows.forEach((row, cells) -> System.out.println("| " + row + " | "
                + String.join(
                        " | ",
                        columns.stream()
                                .map(column -> cell(cells.getOrDefault(column, List.of())))
                                .toList())
                + " |"));
    }

    private static String cell(List<Double> rates) {
        if (rates.isEmpty()) {
            return "";
        }
        List<Double> sorted = rates.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%,.0f (%,.0f, %,.0f)",
                sorted.get(sorted.size() / 2),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }
}
