package io.portolan.gateway.ledger;

import io.portolan.gateway.ledger.PackedTable.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * All rows of one study in the tables of {@link PackedTable}, in the order of their keys; a key that points to a row of the
 * study is that row's place here.
 */
record StudyRows(Map<PackedTable, Rows> tables) {

    /** The rows of one table, column by column. */
    record Rows(int size, Map<String, List<@Nullable Long>> numbers, Map<String, List<String>> texts) {

        Rows {
            numbers = Map.copyOf(numbers);
            texts = Map.copyOf(texts);
        }

        @Nullable
        Long number(String column, int row) {
            return numbers(column).get(row);
        }

        /** Of a column that is never null. */
        long value(String column, int row) {
            return Objects.requireNonNull(number(column, row));
        }

        int place(String column, int row) {
            return Math.toIntExact(value(column, row));
        }

        String text(String column, int row) {
            return texts(column).get(row);
        }

        List<@Nullable Long> numbers(String column) {
            return Objects.requireNonNull(numbers.get(column));
        }

        List<String> texts(String column) {
            return Objects.requireNonNull(texts.get(column));
        }

        /** With another column in place of one. */
        Rows with(String column, List<@Nullable Long> values) {
            Map<String, List<@Nullable Long>> changed = new HashMap<>(numbers);
            changed.put(column, Collections.unmodifiableList(values));
            return new Rows(size, changed, texts);
        }
    }

    StudyRows {
        tables = Map.copyOf(tables);
    }

    Rows of(PackedTable table) {
        return Objects.requireNonNull(tables.get(table));
    }

    Rows instances() {
        return of(PackedTable.INSTANCE);
    }

    String seriesUid(int instance) {
        return of(PackedTable.SERIES).text("series_uid", instances().place("series_id", instance));
    }

    /** The place of an instance; -1: there is none. */
    int indexOf(String sopUid) {
        return instances().texts("sop_uid").indexOf(sopUid);
    }

    /** The files of an instance in one storage folder, oldest first. */
    List<String> files(int instance, long storage) {
        Rows files = of(PackedTable.FILE);
        return files(storage, i -> files.place("instance_id", i) == instance).toList();
    }

    /** The files in one storage folder. */
    Set<String> files(long storage) {
        return files(storage, i -> true).collect(Collectors.toUnmodifiableSet());
    }

    private Stream<String> files(long storage, IntPredicate which) {
        Rows files = of(PackedTable.FILE);
        return IntStream.range(0, files.size())
                .filter(i -> files.value("storage_id", i) == storage)
                .filter(which)
                .mapToObj(i -> files.text("path", i));
    }

    /** Whether every row that a key names is there; no foreign key holds that. */
    boolean isWhole() {
        return tables.entrySet().stream()
                .allMatch(entry -> entry.getKey().columns().stream()
                        .filter(column -> column.of() != null)
                        .noneMatch(column ->
                                entry.getValue().numbers(column.name()).contains(-1L)));
    }

    /** All archives that have any of its instances. */
    long listed() {
        long listed = 0;
        for (int i = 0; i < instances().size(); i++) {
            listed |= instances().value("listed", i);
        }
        return listed;
    }

    /** One bit for each storage folder that has files of it. */
    long storages() {
        Rows files = of(PackedTable.FILE);
        long storages = 0;
        for (int i = 0; i < files.size(); i++) {
            storages |= Storages.bit(files.value("storage_id", i));
        }
        return storages;
    }

    /** The SOPInstanceUIDs of those that are not gone. */
    Set<String> there() {
        Set<String> there = new HashSet<>();
        for (int i = 0; i < instances().size(); i++) {
            if (instances().number("gone_at", i) == null) {
                there.add(instances().text("sop_uid", i));
            }
        }
        return there;
    }

    /** As an archive has them, and says of them what stands. */
    StudyRows listed(Predicate<String> sopUids, long mask) {
        Rows all = instances();
        List<@Nullable Long> listed = new ArrayList<>(all.numbers("listed"));
        List<@Nullable Long> corrected = new ArrayList<>(all.numbers("corrected"));
        for (int i = 0; i < all.size(); i++) {
            if (sopUids.test(all.text("sop_uid", i))) {
                listed.set(i, all.value("listed", i) | mask);
                corrected.set(i, 1L);
            }
        }
        return withInstances(all.with("listed", listed).with("corrected", corrected));
    }

    /** As no archive of these has them. */
    StudyRows unlisted(long mask) {
        List<@Nullable Long> listed = new ArrayList<>();
        for (int i = 0; i < instances().size(); i++) {
            listed.add(instances().value("listed", i) & ~mask);
        }
        return withInstances(instances().with("listed", listed));
    }

    private StudyRows withInstances(Rows rows) {
        Map<PackedTable, Rows> changed = new HashMap<>(tables);
        changed.put(PackedTable.INSTANCE, rows);
        return new StudyRows(changed);
    }

    // ---- from and to the database

    /** Reads them. */
    static StudyRows read(Handle handle, long studyId) {
        Map<PackedTable, Map<Long, Integer>> places = new EnumMap<>(PackedTable.class);
        Map<PackedTable, Rows> tables = new EnumMap<>(PackedTable.class);
        for (PackedTable table : PackedTable.values()) {
            Reading reading = new Reading(table, places);
            handle.createQuery(select(table))
                    .bind("study", studyId)
                    .map((row, context) -> reading.add(row))
                    .list();
            tables.put(table, new Rows(reading.places.size(), reading.numbers, reading.texts));
            places.put(table, reading.places);
        }
        return new StudyRows(tables);
    }

    private static String select(PackedTable table) {
        String columns =
                table.columns().stream().map(column -> ", r." + column.name()).collect(Collectors.joining());
        String from = table == PackedTable.FILE
                ? " FROM file r JOIN instance i ON i.id = r.instance_id WHERE i.study_id = :study"
                : " FROM " + table.table() + " r WHERE r.study_id = :study";
        return "SELECT r.id" + columns + from + " ORDER BY r.id";
    }

    private static final class Reading {

        final PackedTable table;
        final Map<PackedTable, Map<Long, Integer>> before;
        final Map<Long, Integer> places = new HashMap<>();
        final Map<String, List<@Nullable Long>> numbers = new HashMap<>();
        final Map<String, List<String>> texts = new HashMap<>();

        Reading(PackedTable table, Map<PackedTable, Map<Long, Integer>> before) {
            this.table = table;
            this.before = before;
            for (Column column : table.columns()) {
                if (column.isText()) {
                    texts.put(column.name(), new ArrayList<>());
                } else {
                    numbers.put(column.name(), new ArrayList<>());
                }
            }
        }

        int add(ResultSet row) throws SQLException {
            for (Column column : table.columns()) {
                if (column.isText()) {
                    Objects.requireNonNull(texts.get(column.name())).add(row.getString(column.name()));
                } else {
                    Long value = StudyRow.number(row, column.name());
                    Objects.requireNonNull(numbers.get(column.name()))
                            .add(column.of() == null ? value : place(column.of(), value));
                }
            }
            places.put(row.getLong("id"), places.size());
            return places.size();
        }

        private Long place(PackedTable of, @Nullable Long key) {
            return Objects.requireNonNull(before.get(of)).getOrDefault(key, -1).longValue();
        }
    }

    /** Puts them into the database, in their order, with new keys. */
    void insert(Handle handle, long studyId) {
        Map<PackedTable, List<Long>> keys = new EnumMap<>(PackedTable.class);
        for (PackedTable table : PackedTable.values()) {
            insert(handle, studyId, table, keys);
            if (table != PackedTable.FILE) { // nobody names a file
                keys.put(
                        table,
                        handle.createQuery("SELECT id FROM " + table.table() + " WHERE study_id = :study ORDER BY id")
                                .bind("study", studyId)
                                .mapTo(Long.class)
                                .list());
            }
        }
    }

    private void insert(Handle handle, long studyId, PackedTable table, Map<PackedTable, List<Long>> keys) {
        List<String> more = switch (table) {
            case HEADER -> List.of("study_id", "hash");
            case SERIES, INSTANCE -> List.of("study_id");
            case FILE -> List.of();
        };
        List<String> names = new ArrayList<>(more);
        table.columns().forEach(column -> names.add(column.name()));
        PreparedBatch batch = handle.prepareBatch("INSERT INTO " + table.table() + " (" + String.join(", ", names)
                + ") VALUES (:" + String.join(", :", names) + ")");
        Rows rows = of(table);
        for (int i = 0; i < rows.size(); i++) {
            if (table != PackedTable.FILE) {
                batch.bind("study_id", studyId);
            }
            if (table == PackedTable.HEADER) {
                batch.bind("hash", Recording.hash(rows.text("attributes", i)));
            }
            for (Column column : table.columns()) {
                bind(batch, column, rows, i, keys);
            }
            batch.add();
        }
        if (rows.size() > 0) {
            batch.execute();
        }
    }

    private static void bind(
            PreparedBatch batch, Column column, Rows rows, int row, Map<PackedTable, List<Long>> keys) {
        if (column.isText()) {
            batch.bind(column.name(), rows.text(column.name(), row));
        } else if (column.of() == null) {
            batch.bind(column.name(), rows.number(column.name(), row));
        } else {
            batch.bind(
                    column.name(), Objects.requireNonNull(keys.get(column.of())).get(rows.place(column.name(), row)));
        }
    }

    /** Takes them out of the database. */
    static void delete(Handle handle, long studyId) {
        for (String rows : List.of(
                "file WHERE instance_id IN (SELECT id FROM instance WHERE study_id = :study)",
                "instance WHERE study_id = :study",
                "series WHERE study_id = :study",
                "header WHERE study_id = :study")) {
            handle.createUpdate("DELETE FROM " + rows).bind("study", studyId).execute();
        }
    }
}
