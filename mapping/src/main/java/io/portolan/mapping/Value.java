package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a rule makes of its attributes. A reason never carries a value of the data set. */
sealed interface Value<T> {

    record Present<T>(T value) implements Value<T> {}

    /** A value, and something about it that had to be left out. */
    record Reduced<T>(T value, @Nullable Attribute attribute, String reason) implements Value<T> {}

    record Absent<T>() implements Value<T> {}

    /** There was something, but nothing can be said with it. */
    record Invalid<T>(@Nullable Attribute attribute, String reason) implements Value<T> {}

    static <T> Value<T> of(T value) {
        return new Present<>(value);
    }

    static <T> Value<T> absent() {
        return new Absent<>();
    }

    static <T> Value<T> reduced(T value, @Nullable Attribute attribute, String reason) {
        return new Reduced<>(value, attribute, reason);
    }

    static <T> Value<T> invalid(@Nullable Attribute attribute, String reason) {
        return new Invalid<>(attribute, reason);
    }

    /** What can be said, whole or reduced. */
    default Optional<T> said() {
        if (this instanceof Present<T> present) {
            return Optional.of(present.value);
        }
        return this instanceof Reduced<T> reduced ? Optional.of(reduced.value) : Optional.empty();
    }

    default <U> Value<U> map(Function<T, U> function) {
        // Java 17 has no pattern matching in switch.
        if (this instanceof Present<T> present) {
            return of(function.apply(present.value));
        }
        if (this instanceof Reduced<T> reduced) {
            return reduced(function.apply(reduced.value), reduced.attribute, reduced.reason);
        }
        if (this instanceof Invalid<T> invalid) {
            return invalid(invalid.attribute, invalid.reason);
        }
        return absent();
    }
}
