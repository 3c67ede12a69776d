package io.portolan.mapping;

import java.util.List;
import java.util.function.Function;

/**
 * How an element comes from its attributes.
 *
 * @param says for the generated page: the rule in a line
 * @param apply one value, or several where the element repeats
 */
record Rule<S, V>(String says, Function<S, List<Value<V>>> apply) {

    static <S, V> Rule<S, V> one(String says, Function<S, Value<V>> apply) {
        return new Rule<>(says, source -> List.of(apply.apply(source)));
    }

    static <S, V> Rule<S, V> many(String says, Function<S, List<Value<V>>> apply) {
        return new Rule<>(says, apply);
    }
}
