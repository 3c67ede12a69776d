package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.PackedTable.Column;
import io.portolan.gateway.ledger.StudyRows.Rows;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a study in a few bytes, and what was published of it in fewer.
 *
 * <pre>
 * packed   version, 1 byte; deflated:
 *          for each table of {@link PackedTable}: number of rows, and its columns, see {@link PackedColumn};
 *          behind each table the UUIDs of its texts, see {@link PackedNames}
 * </pre>
 *
 * Equal rows are equal bytes. A version that was ever released is read for ever.
 */
final class PackedStudy {

    static final int VERSION = 1;

    private static final String SERIES = "series_uid";
    private static final String SOP_INSTANCE = "sop_uid";
    private static final String RECEIVED = "received_at";

    private final PackedNames names;
    private final Map<PackedTable, Rows> tables = new EnumMap<>(PackedTable.class); // those that are known already

    private PackedStudy(Uid study) {
        this.names = new PackedNames(study.value());
    }

    static byte[] pack(Uid study, StudyRows rows) {
        PackedBytes.Writer out = new PackedBytes.Writer();
        for (PackedTable table : PackedTable.values()) {
            new PackedStudy(study).write(out, table, rows);
        }
        return Deflated.ROWS.deflate(VERSION, out.toBytes());
    }

    private void write(PackedBytes.Writer out, PackedTable table, StudyRows all) {
        tables.putAll(all.tables());
        Rows rows = all.of(table);
        out.count(rows.size());
        PackedBytes.Writer columns = new PackedBytes.Writer();
        for (Column column : table.columns()) {
            if (rows.size() == 0) {
                continue;
            }
            if (column.isText()) {
                List<String> texts = new ArrayList<>();
                for (int i = 0; i < rows.size(); i++) {
                    texts.add(names.shorten(
                            rows.text(column.name(), i),
                            seriesOf(table, i, rows),
                            sopInstanceOf(table, column, i, rows)));
                }
                PackedColumn.writeTexts(columns, texts);
            } else {
                PackedColumn.writeNumbers(columns, shifted(table, column, rows, rows.numbers(column.name()), -1));
            }
        }
        names.write(out);
        out.bytes(columns.toBytes());
    }

    static StudyRows unpack(Uid study, byte[] packed) {
        PackedBytes.Reader in = new PackedBytes.Reader(Deflated.ROWS.inflate(VERSION, packed));
        Map<PackedTable, Rows> tables = new EnumMap<>(PackedTable.class);
        for (PackedTable table : PackedTable.values()) {
            PackedStudy one = new PackedStudy(study);
            one.tables.putAll(tables);
            tables.put(table, one.read(in, table));
        }
        if (!in.isAtEnd()) {
            throw new IllegalStateException("the ledger holds a packed study that it did not write");
        }
        return new StudyRows(tables);
    }

    private Rows read(PackedBytes.Reader in, PackedTable table) {
        int size = in.size();
        names.read(in);
        Map<String, List<@Nullable Long>> numbers = new HashMap<>();
        Map<String, List<String>> texts = new HashMap<>();
        Rows rows = new Rows(size, Map.of(), Map.of());
        for (Column column : table.columns()) {
            if (column.isText()) {
                texts.put(column.name(), size == 0 ? List.of() : readTexts(in, table, column, rows));
            } else {
                List<@Nullable Long> values = size == 0 ? List.of() : PackedColumn.readNumbers(in, size);
                numbers.put(column.name(), shifted(table, column, rows, values, 1));
            }
            rows = new Rows(size, numbers, texts);
        }
        return rows;
    }

    private List<String> readTexts(PackedBytes.Reader in, PackedTable table, Column column, Rows rows) {
        List<String> shorter = PackedColumn.readTexts(in, rows.size());
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            texts.add(names.restore(shorter.get(i), seriesOf(table, i, rows), sopInstanceOf(table, column, i, rows)));
        }
        return texts;
    }

    // ---- what is known of a row when a column of it is read: all columns before

    private String seriesOf(PackedTable table, int row, Rows rows) {
        return switch (table) {
            case HEADER, SERIES -> "";
            case INSTANCE -> known(PackedTable.SERIES).text(SERIES, rows.place("series_id", row));
            case FILE ->
                known(PackedTable.SERIES)
                        .text(SERIES, known(PackedTable.INSTANCE).place("series_id", rows.place("instance_id", row)));
        };
    }

    private String sopInstanceOf(PackedTable table, Column column, int row, Rows rows) {
        return switch (table) {
            case HEADER, SERIES -> "";
            case INSTANCE -> column.name().equals(SOP_INSTANCE) ? "" : rows.text(SOP_INSTANCE, row);
            case FILE -> known(PackedTable.INSTANCE).text(SOP_INSTANCE, rows.place("instance_id", row));
        };
    }

    private Rows known(PackedTable table) {
        return Objects.requireNonNull(tables.get(table));
    }

    /** A file mostly came with its instance: only by how much later is told. */
    private List<@Nullable Long> shifted(
            PackedTable table, Column column, Rows rows, List<@Nullable Long> values, int sign) {
        if (table != PackedTable.FILE || !column.name().equals(RECEIVED)) {
            return values;
        }
        List<@Nullable Long> shifted = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            long came = known(PackedTable.INSTANCE).value(RECEIVED, rows.place("instance_id", i));
            shifted.add(Objects.requireNonNull(values.get(i)) + sign * came);
        }
        return shifted;
    }
}
