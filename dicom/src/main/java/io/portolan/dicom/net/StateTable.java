package io.portolan.dicom.net;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state table of the upper layer protocol: PS3.8 9.2.3, table 9-10, as it stands there. States are PS3.8 tables 9-1 to 9-5,
 * actions tables 9-6 to 9-9. It says what happens; {@link Association} does it.
 */
final class StateTable {

    enum State {
        STA_1, // idle
        STA_2, // transport connection open, awaiting A-ASSOCIATE-RQ
        STA_3, // awaiting local A-ASSOCIATE response
        STA_4, // awaiting transport connection opening
        STA_5, // awaiting A-ASSOCIATE-AC or -RJ
        STA_6, // association established, ready for data transfer
        STA_7, // awaiting A-RELEASE-RP
        STA_8, // awaiting local A-RELEASE response
        STA_9, // release collision, requestor side: awaiting local A-RELEASE response
        STA_10, // release collision, acceptor side: awaiting A-RELEASE-RP
        STA_11, // release collision, requestor side: awaiting A-RELEASE-RP
        STA_12, // release collision, acceptor side: awaiting local A-RELEASE response
        STA_13 // awaiting transport connection close
    }

    enum Event {
        EVT_1, // A-ASSOCIATE request (local user)
        EVT_2, // transport connection confirmation
        EVT_3, // A-ASSOCIATE-AC received
        EVT_4, // A-ASSOCIATE-RJ received
        EVT_5, // transport connection indication
        EVT_6, // A-ASSOCIATE-RQ received
        EVT_7, // A-ASSOCIATE response, accept (local user)
        EVT_8, // A-ASSOCIATE response, reject (local user)
        EVT_9, // P-DATA request (local user)
        EVT_10, // P-DATA-TF received
        EVT_11, // A-RELEASE request (local user)
        EVT_12, // A-RELEASE-RQ received
        EVT_13, // A-RELEASE-RP received
        EVT_14, // A-RELEASE response (local user)
        EVT_15, // A-ABORT request (local user)
        EVT_16, // A-ABORT received
        EVT_17, // transport connection closed
        EVT_18, // ARTIM timer expired
        EVT_19 // unrecognized or invalid PDU received
    }

    enum Action {
        AE_1, // issue TRANSPORT CONNECT request
        AE_2, // send A-ASSOCIATE-RQ
        AE_3, // issue A-ASSOCIATE confirmation (accept)
        AE_4, // issue A-ASSOCIATE confirmation (reject), close transport connection
        AE_5, // issue transport connection response, start ARTIM
        AE_6, // stop ARTIM; acceptable: issue A-ASSOCIATE indication; otherwise: send A-ASSOCIATE-RJ, start ARTIM
        AE_7, // send A-ASSOCIATE-AC
        AE_8, // send A-ASSOCIATE-RJ, start ARTIM
        DT_1, // send P-DATA-TF
        DT_2, // issue P-DATA indication
        AR_1, // send A-RELEASE-RQ
        AR_2, // issue A-RELEASE indication
        AR_3, // issue A-RELEASE confirmation, close transport connection
        AR_4, // send A-RELEASE-RP, start ARTIM
        AR_5, // stop ARTIM
        AR_6, // issue P-DATA indication
        AR_7, // send P-DATA-TF
        AR_8, // issue A-RELEASE indication (collision): requestor goes to Sta9, acceptor to Sta10
        AR_9, // send A-RELEASE-RP
        AR_10, // issue A-RELEASE confirmation
        AA_1, // send A-ABORT (service-user), start or restart ARTIM
        AA_2, // stop ARTIM, close transport connection
        AA_3, // issue A-ABORT or A-P-ABORT indication, close transport connection
        AA_4, // issue A-P-ABORT indication
        AA_5, // stop ARTIM
        AA_6, // ignore PDU
        AA_7, // send A-ABORT
        AA_8 // send A-ABORT (service-provider), issue A-P-ABORT indication, start ARTIM
    }

    /**
     * A cell of the table.
     *
     * @param otherwise where AE-6 goes when the request is not acceptable, and AR-8 on the acceptor's side; else as {@code next}
     */
    record Transition(Action action, State next, State otherwise) {}

    // PS3.8 table 9-10. Rows: events; columns: states; a cell: action:next state; an empty one cannot happen.
    // spotless:off
    private static final String TABLE_9_10 =
            """
            |      | Sta1   | Sta2       | Sta3    | Sta4   | Sta5    | Sta6    | Sta7        | Sta8    | Sta9    | Sta10    | Sta11   | Sta12   | Sta13   |
            | Evt1 | AE-1:4 |            |         |        |         |         |             |         |         |          |         |         |         |
            | Evt2 |        |            |         | AE-2:5 |         |         |             |         |         |          |         |         |         |
            | Evt3 |        | AA-1:13    | AA-8:13 |        | AE-3:6  | AA-8:13 | AA-8:13     | AA-8:13 | AA-8:13 | AA-8:13  | AA-8:13 | AA-8:13 | AA-6:13 |
            | Evt4 |        | AA-1:13    | AA-8:13 |        | AE-4:1  | AA-8:13 | AA-8:13     | AA-8:13 | AA-8:13 | AA-8:13  | AA-8:13 | AA-8:13 | AA-6:13 |
            | Evt5 | AE-5:2 |            |         |        |         |         |             |         |         |          |         |         |         |
            | Evt6 |        | AE-6:3/13  | AA-8:13 |        | AA-8:13 | AA-8:13 | AA-8:13     | AA-8:13 | AA-8:13 | AA-8:13  | AA-8:13 | AA-8:13 | AA-7:13 |
            | Evt7 |        |            | AE-7:6  |        |         |         |             |         |         |          |         |         |         |
            | Evt8 |        |            | AE-8:13 |        |         |         |             |         |         |          |         |         |         |
            | Evt9 |        |            |         |        |         | DT-1:6  |             | AR-7:8  |         |          |         |         |         |
            | Evt10|        | AA-1:13    | AA-8:13 |        | AA-8:13 | DT-2:6  | AR-6:7      | AA-8:13 | AA-8:13 | AA-8:13  | AA-8:13 | AA-8:13 | AA-6:13 |
            | Evt11|        |            |         |        |         | AR-1:7  |             |         |         |          |         |         |         |
            | Evt12|        | AA-1:13    | AA-8:13 |        | AA-8:13 | AR-2:8  | AR-8:9/10   | AA-8:13 | AA-8:13 | AA-8:13  | AA-8:13 | AA-8:13 | AA-6:13 |
            | Evt13|        | AA-1:13    | AA-8:13 |        | AA-8:13 | AA-8:13 | AR-3:1      | AA-8:13 | AA-8:13 | AR-10:12 | AR-3:1  | AA-8:13 | AA-6:13 |
            | Evt14|        |            |         |        |         |         |             | AR-4:13 | AR-9:11 |          |         | AR-4:13 |         |
            | Evt15|        |            | AA-1:13 | AA-2:1 | AA-1:13 | AA-1:13 | AA-1:13     | AA-1:13 | AA-1:13 | AA-1:13  | AA-1:13 | AA-1:13 |         |
            | Evt16|        | AA-2:1     | AA-3:1  |        | AA-3:1  | AA-3:1  | AA-3:1      | AA-3:1  | AA-3:1  | AA-3:1   | AA-3:1  | AA-3:1  | AA-2:1  |
            | Evt17|        | AA-5:1     | AA-4:1  | AA-4:1 | AA-4:1  | AA-4:1  | AA-4:1      | AA-4:1  | AA-4:1  | AA-4:1   | AA-4:1  | AA-4:1  | AR-5:1  |
            | Evt18|        | AA-2:1     |         |        |         |         |             |         |         |          |         |         | AA-2:1  |
            | Evt19|        | AA-1:13    | AA-8:13 |        | AA-8:13 | AA-8:13 | AA-8:13     | AA-8:13 | AA-8:13 | AA-8:13  | AA-8:13 | AA-8:13 | AA-7:13 |
            """;
    // spotless:on

    private static final Map<Event, Map<State, Transition>> TRANSITIONS = read();

    private StateTable() {}

    /** @throws IllegalStateException where the standard leaves the cell empty: a bug of the caller */
    static Transition transition(Event event, State state) {
        return find(event, state)
                .orElseThrow(() ->
                        new IllegalStateException("PS3.8 table 9-10 has no action for " + event + " in " + state));
    }

    /** The cell; empty where the standard leaves it empty. */
    static Optional<Transition> find(Event event, State state) {
        return Optional.ofNullable(TRANSITIONS.getOrDefault(event, Map.of()).get(state));
    }

    private static Map<Event, Map<State, Transition>> read() {
        Map<Event, Map<State, Transition>> transitions = new EnumMap<>(Event.class);
        List<String[]> rows =
                TABLE_9_10.lines().map(line -> line.split("\\|", -1)).toList();
        String[] heading = rows.get(0);
        for (String[] row : rows.subList(1, rows.size())) {
            Map<State, Transition> cells = new EnumMap<>(State.class);
            for (int column = 2; column < heading.length - 1; column++) {
                if (!row[column].isBlank()) {
                    cells.put(state(heading[column].strip().substring("Sta".length())), parse(row[column].strip()));
                }
            }
            transitions.put(Event.valueOf("EVT_" + row[1].strip().substring("Evt".length())), cells);
        }
        return transitions;
    }

    // AE-6:3/13
    private static Transition parse(String cell) {
        String[] parts = cell.split("[:/]", -1);
        return new Transition(
                Action.valueOf(parts[0].replace('-', '_')), state(parts[1]), state(parts[parts.length - 1]));
    }

    private static State state(String number) {
        return State.valueOf("STA_" + number);
    }
}
