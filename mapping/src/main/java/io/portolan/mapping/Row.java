package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Uid;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table: an element of the resource, where it comes from and how.
 *
 * @param element FHIR path
 * @param attributes what the rule reads; none: computed, configured or constant
 */
record Row<S, R, V>(String element, List<Attribute> attributes, Need need, Rule<S, V> rule, BiConsumer<R, V> setter) {

    enum Need {
        /** Without it there is no such study, series or instance to publish. */
        REQUIRED,
        /** Left out, and reported when there was something that could not be used. */
        OPTIONAL
    }

    /** Sets what the rule says, and reports what it could not say; whether the element is there now. */
    boolean apply(S source, R target, @Nullable Uid place, List<MappingIssue> issues) {
        boolean set = false;
        for (Value<V> value : rule.apply().apply(source)) {
            if (value instanceof Value.Present<V> present) {
                setter.accept(target, present.value());
                set = true;
            } else if (value instanceof Value.Reduced<V> reduced) {
                setter.accept(target, reduced.value());
                set = true;
                issues.add(new MappingIssue(element, reduced.attribute(), place, reduced.reason()));
            } else if (value instanceof Value.Invalid<V> invalid) {
                issues.add(new MappingIssue(element, invalid.attribute(), place, invalid.reason()));
            }
        }
        return set;
    }
}
