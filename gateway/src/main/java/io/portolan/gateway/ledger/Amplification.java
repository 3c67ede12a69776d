package io.portolan.gateway.ledger;

import org.jdbi.v3.core.Handle;

/**
 * What the publications that were recorded have cost in all, beside what they left. Attempts that failed are not in it.
 *
 * @param studies that stand on the FHIR server
 * @param versions of their ImagingStudy resources that were written
 * @param versionsMax the most of one study
 * @param sentBytes bodies of requests as they went over the wire
 * @param resourceBytes the ImagingStudy resources as they are now, unpacked
 */
public record Amplification(long studies, long versions, long versionsMax, long sentBytes, long resourceBytes) {

    static Amplification read(Handle handle) {
        return handle.createQuery("SELECT count(*) AS studies, coalesce(sum(versions), 0) AS versions,"
                        + " coalesce(max(versions), 0) AS versions_max, coalesce(sum(sent_bytes), 0) AS sent,"
                        + " coalesce(sum(resource_bytes), 0) AS resources FROM publication WHERE versions > 0")
                .map((row, context) -> new Amplification(
                        row.getLong("studies"),
                        row.getLong("versions"),
                        row.getLong("versions_max"),
                        row.getLong("sent"),
                        row.getLong("resources")))
                .one();
    }
}
