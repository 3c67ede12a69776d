package io.portolan.gateway.ledger;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.gateway.Category;
import io.portolan.gateway.ledger.Holding.HeldFile;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Looks instances up by their SOPInstanceUIDs alone, whatever study they are of. Studies that are packed are passed over. */
final class Holdings {

    /** Instances of one statement. */
    private static final int PAGE = 200;

    private static final String FIND = "SELECT i.id, i.sop_uid, i.attributes, i.confirmed_at, f.path, f.storage_id,"
            + " CASE WHEN w.overtaken = 0 THEN w.file_id END AS waiting FROM instance i LEFT JOIN file f ON f.instance_id = i.id"
            + " LEFT JOIN forward w ON w.file_id = f.id WHERE i.sop_uid IN (<uids>) ORDER BY i.id, f.id";

    private record Row(
            long id,
            Uid sopInstance,
            String attributes,
            boolean confirmed,
            @Nullable HeldFile file) {}

    private Holdings() {}

    /** Those that are known; one that is known in several studies has several. */
    static Map<Uid, List<Holding>> find(Handle handle, Collection<Uid> sopInstances, long storage) {
        List<Uid> all = List.copyOf(sopInstances);
        Map<Uid, List<Holding>> found = new HashMap<>();
        for (int from = 0; from < all.size(); from += PAGE) {
            List<Uid> page = all.subList(from, Math.min(all.size(), from + PAGE));
            Map<Long, List<Row>> instances = new LinkedHashMap<>();
            rows(handle, page, storage)
                    .forEach(row -> instances
                            .computeIfAbsent(row.id, id -> new ArrayList<>())
                            .add(row));
            instances
                    .values()
                    .forEach(rows -> found.computeIfAbsent(rows.get(0).sopInstance, uid -> new ArrayList<>())
                            .add(holding(rows)));
        }
        return found;
    }

    private static List<Row> rows(Handle handle, List<Uid> page, long storage) {
        List<String> uids = new ArrayList<>(page.stream().map(Uid::value).toList());
        uids.addAll(Collections.nCopies(PAGE - uids.size(), uids.get(0))); // one statement for all sizes
        return handle.createQuery(FIND)
                .bindList("uids", uids)
                .map((row, context) -> row(row, storage))
                .list();
    }

    private static Row row(ResultSet row, long storage) throws SQLException {
        String path = row.getString("path");
        return new Row(
                row.getLong("id"),
                new Uid(row.getString("sop_uid")),
                row.getString("attributes"),
                row.getObject("confirmed_at") != null,
                path == null
                        ? null
                        : new HeldFile(path, row.getLong("storage_id") == storage, row.getObject("waiting") != null));
    }

    private static Holding holding(List<Row> rows) {
        List<HeldFile> files = new ArrayList<>();
        for (Row row : rows) {
            if (row.file != null) {
                files.add(row.file);
            }
        }
        return new Holding(sopClass(rows.get(0).attributes), rows.get(0).confirmed, files);
    }

    private static Optional<Uid> sopClass(String attributes) {
        try {
            return DicomJson.parse(attributes).uid(Attribute.SOPClassUID);
        } catch (MalformedDataException e) {
            throw new LedgerException(Category.BUG, "The ledger holds attributes that it did not write.", e);
        }
    }
}
