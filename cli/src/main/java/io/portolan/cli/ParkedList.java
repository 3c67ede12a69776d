package io.portolan.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.ledger.ParkedStudy;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Studies that were given up for now, as people and programs read them. */
final class ParkedList {

    private final List<ParkedStudy> studies;
    private final boolean errors;

    /** @param errors whether to show what a FHIR server said: it may quote a patient's data */
    ParkedList(List<ParkedStudy> studies, boolean errors) {
        this.studies = studies;
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
        if (!studies.isEmpty()) {
            out.println();
            if (!errors) {
                out.printf("Why: portolan %s --errors (may quote a patient's data)%n", command);
            }
            out.println("When it is mended: portolan replay --all, or portolan replay UID");
        }
    }

    void addTo(ArrayNode array) {
        for (ParkedStudy study : studies) {
            ObjectNode node = array.addObject()
                    .put("study", study.study().value())
                    .put("category", study.category().name())
                    .put("attempts", study.attempts())
                    .put("instances", study.instances())
                    .put("lastArrival", study.lastArrival().toString());
            if (errors) {
                node.put("lastError", study.error());
            }
        }
    }
}
