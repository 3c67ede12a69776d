package io.portolan.mapping;

import java.util.List;
import java.util.function.Function;

/**
 * How an element comes from its attributes.
 *
 * @param says for the generated page: the rule in a line
 * @param unites whether it takes what any instance says, since the element repeats; else the value of most of them
 * @param apply one value, or several where the element repeats
 */
record Rule<S, V>(String says, boolean unites, Function<S, List<Value<V>>> apply) {

    static <S, V> Rule<S, V> one(String says, Function<S, Value<V>> apply) {
        return new Rule<>(says, false, source -> List.of(apply.apply(source)));
    }

    static <S, V> Rule<S, V> many(String says, Function<S, List<Value<V>>> apply) {
        return new Rule<>(says, false, apply);
    }

    /** What any of the instances says: of a value that few of them carry nothing is lost. */
    static <S, V> Rule<S, V> union(String says, Function<S, List<Value<V>>> apply) {
        return new Rule<>(says, true, apply);
    }
}
