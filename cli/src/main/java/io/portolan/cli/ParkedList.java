package io.portolan.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.portolan.gateway.ParkedJson;
import io.portolan.gateway.ledger.LedgerStatus;
import io.portolan.gateway.ledger.ParkedFiles;
import io.portolan.gateway.ledger.ParkedReport;
import io.portolan.gateway.ledger.ParkedStudy;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Studies that were given up for now, instances that are not forwarded, and reports of storage commitment that could not be made,
 * as people and programs read them.
 */
final class ParkedList {

    private final List<ParkedStudy> studies;
    private final List<ParkedFiles> files;
    private final List<ParkedReport> reports;
    private final boolean errors;

    /** All of a ledger; see the other. */
    static ParkedList of(LedgerStatus status, boolean errors) {
        return new ParkedList(status.parked(), status.parkedFiles(), status.parkedReports(), errors);
    }

    /** @param errors whether to show what a FHIR server said: it may quote a patient's data */
    ParkedList(List<ParkedStudy> studies, List<ParkedFiles> files, List<ParkedReport> reports, boolean errors) {
        this.studies = studies;
        this.files = files;
        this.reports = reports;
        this.errors = errors;
    }

    void print(PrintWriter out, String command) {
        for (ParkedStudy study : studies) {
            out.printf(
                    Locale.ROOT,
                    "%nparked     %s%n           %s after %d attempts, %d instances, the last arrived %s%n",
                    study.study(),
                    study.category(),
                    study.attempts(),
                    study.instances(),
                    study.lastArrival());
            if (errors) {
                out.println("           " + study.error());
            }
        }
        files.forEach(one -> print(out, one));
        reports.forEach(one -> print(out, one));
        if (!studies.isEmpty() || !files.isEmpty() || !reports.isEmpty()) {
            out.println();
            if (!errors && !studies.isEmpty()) {
                out.printf("Why: portolan %s --errors (may quote a patient's data)%n", command);
            }
            out.println("When it is mended: portolan replay --all, or portolan replay UID");
        }
    }

    private static void print(PrintWriter out, ParkedReport parked) {
        out.printf(
                Locale.ROOT,
                "%nnot told   %s, storage commitment %s%n           %s, %d instances, asked for %s%n           %s%n",
                parked.requestorAe(),
                parked.transaction(),
                parked.category(),
                parked.instances(),
                parked.requested(),
                parked.error());
    }

    private static void print(PrintWriter out, ParkedFiles parked) {
        out.printf(
                Locale.ROOT,
                "%nnot sent   %s%n           %s, %d instances, the last arrived %s%n           %s%n",
                parked.study(),
                parked.category(),
                parked.files(),
                parked.lastArrival(),
                parked.error());
        if (parked.overtaken() > 0) {
            out.printf(
                    Locale.ROOT,
                    "           of %d the PACS has a newer one: --all leaves these, the UID of the study sends them%n",
                    parked.overtaken());
        }
    }

    void addTo(ArrayNode array) {
        ParkedJson json = new ParkedJson(array, errors ? ParkedJson.Reasons.ALL : ParkedJson.Reasons.OURS);
        studies.forEach(json::add);
        files.forEach(json::add);
        reports.forEach(json::add);
    }
}
