package io.portolan.gateway.ledger;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables that hold the instances of a study, with every column that is packed, in this order. What is not here is found
 * again without: {@code id} and {@code study_id} are new, {@code header.hash} follows from the text.
 *
 * <p>Nor is {@code instance.confirmed_at} packed, on purpose: who asks for storage commitment asks of rows.
 *
 * <p>A migration that adds a column adds it here too, at the end of its table, and a version to {@link PackedStudy}.
 */
enum PackedTable {
    HEADER(Column.text("level"), Column.text("attributes")),
    SERIES(Column.text("series_uid")),
    // spotless:off
    INSTANCE(
            Column.row("series_id", SERIES),
            Column.text("sop_uid"),
            Column.row("patient_header_id", HEADER),
            Column.row("study_header_id", HEADER),
            Column.row("series_header_id", HEADER),
            Column.text("attributes"),
            Column.text("calling_ae"),
            Column.text("transfer_syntax"),
            Column.number("received_at"),
            Column.number("resent_at"),
            Column.number("corrected"),
            Column.number("listed"),
            Column.number("gone_at")),
    FILE(
            Column.row("instance_id", INSTANCE),
            Column.text("path"),
            Column.text("calling_ae"),
            Column.text("transfer_syntax"),
            Column.number("received_at"),
            Column.number("storage_id"));
    // spotless:on

    /**
     * A column.
     *
     * @param isText a text, never null; else a number, or null
     * @param of the table of whose rows it has the key; null: it is no key
     */
    record Column(String name, boolean isText, @Nullable PackedTable of) {

        private static Column text(String name) {
            return new Column(name, true, null);
        }

        private static Column number(String name) {
            return new Column(name, false, null);
        }

        private static Column row(String name, PackedTable of) {
            return new Column(name, false, of);
        }
    }

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
    private final List<Column> columns;

    PackedTable(Column... columns) {
        this.columns = List.copyOf(Arrays.asList(columns));
    }

    List<Column> columns() {
        return columns;
    }

    /** As the database calls it. */
    String table() {
        return switch (this) {
            case HEADER -> "header";
            case SERIES -> "series";
            case INSTANCE -> "instance";
            case FILE -> "file";
        };
    }
}
