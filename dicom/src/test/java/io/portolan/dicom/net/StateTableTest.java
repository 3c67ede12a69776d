package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portolan.dicom.net.StateTable.Action;
import io.portolan.dicom.net.StateTable.Event;
import io.portolan.dicom.net.StateTable.State;
import io.portolan.dicom.net.StateTable.Transition;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StateTableTest {

    /** PS3.8 tables 9-6 to 9-9: each action has one next state, wherever it stands; AE-6 and AR-8 have two. */
    private static final Map<Action, State> NEXT = Map.ofEntries(
            Map.entry(Action.AE_1, State.STA_4),
            Map.entry(Action.AE_2, State.STA_5),
            Map.entry(Action.AE_3, State.STA_6),
            Map.entry(Action.AE_4, State.STA_1),
            Map.entry(Action.AE_5, State.STA_2),
            Map.entry(Action.AE_6, State.STA_3),
            Map.entry(Action.AE_7, State.STA_6),
            Map.entry(Action.AE_8, State.STA_13),
            Map.entry(Action.DT_1, State.STA_6),
            Map.entry(Action.DT_2, State.STA_6),
            Map.entry(Action.AR_1, State.STA_7),
            Map.entry(Action.AR_2, State.STA_8),
            Map.entry(Action.AR_3, State.STA_1),
            Map.entry(Action.AR_4, State.STA_13),
            Map.entry(Action.AR_5, State.STA_1),
            Map.entry(Action.AR_6, State.STA_7),
            Map.entry(Action.AR_7, State.STA_8),
            Map.entry(Action.AR_8, State.STA_9),
            Map.entry(Action.AR_9, State.STA_11),
            Map.entry(Action.AR_10, State.STA_12),
            Map.entry(Action.AA_1, State.STA_13),
            Map.entry(Action.AA_2, State.STA_1),
            Map.entry(Action.AA_3, State.STA_1),
            Map.entry(Action.AA_4, State.STA_1),
            Map.entry(Action.AA_5, State.STA_1),
            Map.entry(Action.AA_6, State.STA_13),
            Map.entry(Action.AA_7, State.STA_13),
            Map.entry(Action.AA_8, State.STA_13));

    @ParameterizedTest
    @CsvSource({
        "EVT_1,  STA_1,  AE_1",
        "EVT_3,  STA_5,  AE_3",
        "EVT_4,  STA_5,  AE_4",
        "EVT_6,  STA_2,  AE_6",
        "EVT_6,  STA_13, AA_7",
        "EVT_10, STA_6,  DT_2",
        "EVT_10, STA_7,  AR_6",
        "EVT_12, STA_7,  AR_8",
        "EVT_13, STA_10, AR_10",
        "EVT_14, STA_9,  AR_9",
        "EVT_15, STA_4,  AA_2",
        "EVT_16, STA_13, AA_2",
        "EVT_17, STA_2,  AA_5",
        "EVT_17, STA_13, AR_5",
        "EVT_18, STA_2,  AA_2",
        "EVT_19, STA_2,  AA_1",
        "EVT_19, STA_13, AA_7",
    })
    void saysWhatTable910Says(Event event, State state, Action action) {
        assertThat(StateTable.transition(event, state).action()).isEqualTo(action);
    }

    @Test
    void goesWhereTheActionTablesSay() {
        for (Event event : Event.values()) {
            for (State state : State.values()) {
                StateTable.find(event, state)
                        .ifPresent(cell -> assertThat(cell.next())
                                .as("%s in %s: %s", event, state, cell.action())
                                .isEqualTo(NEXT.get(cell.action())));
            }
        }
    }

    @Test
    void splitsWhereTheStandardDoes() {
        assertThat(StateTable.transition(Event.EVT_6, State.STA_2))
                .isEqualTo(new Transition(Action.AE_6, State.STA_3, State.STA_13));
        assertThat(StateTable.transition(Event.EVT_12, State.STA_7))
                .isEqualTo(new Transition(Action.AR_8, State.STA_9, State.STA_10));
    }

    /** Evt3, 4, 6, 10, 12, 13, 16, 19: what a peer sends has an answer in every state with a connection that is read. */
    @ParameterizedTest
    @EnumSource(names = {"EVT_3", "EVT_4", "EVT_6", "EVT_10", "EVT_12", "EVT_13", "EVT_16", "EVT_19"})
    void hasAnAnswerToEveryPduInEveryStateThatCanReceiveOne(Event event) {
        Set<State> connected = EnumSet.complementOf(EnumSet.of(State.STA_1, State.STA_4));
        assertThat(states(event)).isEqualTo(connected);
    }

    @ParameterizedTest
    @CsvSource({
        "EVT_1, 1",
        "EVT_2, 1",
        "EVT_5, 1",
        "EVT_7, 1",
        "EVT_8, 1",
        "EVT_9, 2",
        "EVT_11, 1",
        "EVT_14, 3",
        "EVT_15, 10",
        "EVT_17, 12",
        "EVT_18, 2",
    })
    void allowsALocalEventInSoManyStates(Event event, int states) {
        assertThat(states(event)).hasSize(states);
    }

    @Test
    void usesEveryActionOfTheStandard() {
        Set<Action> used = Arrays.stream(Event.values())
                .flatMap(event -> Arrays.stream(State.values()).map(state -> StateTable.find(event, state)))
                .flatMap(Optional::stream)
                .map(Transition::action)
                .collect(Collectors.toSet());
        assertThat(used).containsExactlyInAnyOrder(Action.values());
    }

    @Test
    void takesAnEmptyCellForABug() {
        assertThatThrownBy(() -> StateTable.transition(Event.EVT_9, State.STA_7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("PS3.8 table 9-10 has no action for EVT_9 in STA_7");
    }

    private static Set<State> states(Event event) {
        return Arrays.stream(State.values())
                .filter(state -> StateTable.find(event, state).isPresent())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(State.class)));
    }
}
