package io.portolan.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.gateway.ledger.ParkedFiles;
import io.portolan.gateway.ledger.ParkedReport;
import io.portolan.gateway.ledger.ParkedStudy;

/** What was given up for now, one object each, as {@code GET /parked} and {@code portolan parked --json} show it. */
public final class ParkedJson {

    private final ArrayNode array;
    private final Reasons reasons;

    /** Whether to say what went wrong. */
    public enum Reasons {
        NONE,
        /** Only those that are in our words. */
        OURS,
        /** Also what a FHIR server said, which may quote a patient's data. */
        ALL
    }

    /** Objects are added to the array. */
    public ParkedJson(ArrayNode array, Reasons reasons) {
        this.array = array;
        this.reasons = reasons;
    }

    /** A study that is not published. */
    public void add(ParkedStudy parked) {
        ObjectNode node = array.addObject()
                .put("study", parked.study().value())
                .put("what", "publish")
                .put("category", parked.category().name())
                .put("attempts", parked.attempts())
                .put("instances", parked.instances())
                .put("lastArrival", parked.lastArrival().toString());
        if (reasons == Reasons.ALL) {
            node.put("lastError", parked.error());
        }
    }

    /** Instances that are not forwarded. */
    public void add(ParkedFiles parked) {
        ObjectNode node = array.addObject()
                .put("study", parked.study().value())
                .put("what", "forward")
                .put("category", parked.category().name())
                .put("attempts", parked.attempts())
                .put("instances", parked.files())
                .put("overtaken", parked.overtaken())
                .put("lastArrival", parked.lastArrival().toString());
        addOurs(node, parked.error());
    }

    /** A report of storage commitment that could not be made. */
    public void add(ParkedReport parked) {
        ObjectNode node = array.addObject()
                .put("what", "commitment")
                .put("requestor", parked.requestorAe())
                .put("transaction", parked.transaction().value())
                .put("category", parked.category().name())
                .put("attempts", parked.attempts())
                .put("instances", parked.instances())
                .put("requested", parked.requested().toString());
        addOurs(node, parked.error());
    }

    private void addOurs(ObjectNode node, String reason) {
        if (reasons != Reasons.NONE) {
            node.put("lastError", reason);
        }
    }
}
