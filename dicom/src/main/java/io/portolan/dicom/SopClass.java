package io.portolan.dicom;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A SOP class (PS3.4): what kind of thing an instance is, or what service a presentation context is for.
 *
 * <p>The table is {@code sop-classes.tsv} beside this class, whose header names its sources.
 *
 * @param name    the UID name of PS3.6 table A-1
 * @param storage whether its instances are stored into studies by C-STORE (PS3.4 table B.5-1)
 * @param retired whether the standard has retired it; devices still send such instances
 */
public record SopClass(Uid uid, String name, boolean storage, boolean retired) {

    /** PS3.4 A.4: C-ECHO. */
    public static final Uid VERIFICATION = new Uid("1.2.840.10008.1.1");

    /** PS3.4 J.3: N-ACTION asks whether instances are kept safely, N-EVENT-REPORT tells. */
    public static final Uid STORAGE_COMMITMENT_PUSH = new Uid("1.2.840.10008.1.20.1");

    /** PS3.4 J.3.5: the well-known instance of that class. */
    public static final Uid STORAGE_COMMITMENT_PUSH_INSTANCE = new Uid("1.2.840.10008.1.20.1.1");

    /** PS3.3 A.35.4: a document that refers to instances, to point them out or to reject them. */
    public static final Uid KEY_OBJECT_SELECTION = new Uid("1.2.840.10008.5.1.4.1.1.88.59");

    /** PS3.4 C.6.2: query and retrieve by studies; C-FIND. */
    public static final Uid STUDY_ROOT_FIND = new Uid("1.2.840.10008.5.1.4.1.2.2.1");

    /** PS3.4 C.6.2: C-MOVE. */
    public static final Uid STUDY_ROOT_MOVE = new Uid("1.2.840.10008.5.1.4.1.2.2.2");

    /** PS3.4 C.6.2: C-GET. */
    public static final Uid STUDY_ROOT_GET = new Uid("1.2.840.10008.5.1.4.1.2.2.3");

    private static final String TABLE_RESOURCE = "sop-classes.tsv";
    private static final Map<Uid, SopClass> TABLE = read();
    private static final List<SopClass> STORAGE =
            TABLE.values().stream().filter(SopClass::storage).toList();

    /** The table row for a UID; empty for a private class, or one that is younger than the table. */
    public static Optional<SopClass> find(Uid uid) {
        return Optional.ofNullable(TABLE.get(uid));
    }

    /** Every storage SOP class, retired ones too, in the order of their UIDs. */
    public static List<SopClass> allStorage() {
        return STORAGE;
    }

    private static Map<Uid, SopClass> read() {
        Map<Uid, SopClass> table = new LinkedHashMap<>();
        try (InputStream resource = SopClass.class.getResourceAsStream(TABLE_RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(TABLE_RESOURCE + " is missing from the jar");
            }
            new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(SopClass::parse)
                    .forEach(row -> table.put(row.uid, row));
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE_RESOURCE, e);
        }
        return Collections.unmodifiableMap(table);
    }

    private static SopClass parse(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length != 4) {
            throw new IllegalStateException(TABLE_RESOURCE + " has a line without four columns: " + line);
        }
        return new SopClass(new Uid(columns[0]), columns[1], flag(columns[2], "storage"), flag(columns[3], "retired"));
    }

    private static boolean flag(String column, String word) {
        if (!column.equals(word) && !column.equals("-")) {
            throw new IllegalStateException(TABLE_RESOURCE + " has " + column + " where " + word + " or - belongs");
        }
        return column.equals(word);
    }
}
