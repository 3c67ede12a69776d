package io.portolan.gateway.convert;

import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.MappingResult.Pending;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.SharingOptions;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a study or a selection goes into files.
 *
 * @param problem why it does not, though it should; null: nothing is wrong
 * @param notShared why there is nothing to write, though nothing is wrong
 */
public record Verdict(@Nullable String problem, @Nullable String notShared) {

    /**
     * The verdict about what the mapping gave.
     *
     * @param strict whether what it has to say is a problem
     */
    public static Verdict of(MappingResult result, boolean strict) {
        if (result instanceof Unmappable unmappable) {
            return new Verdict(unmappable.reason(), null);
        }
        if (strict && !result.issues().isEmpty()) {
            return new Verdict("the mapping has issues, and --strict is set", null);
        }
        if (result instanceof Pending pending) {
            return new Verdict(null, pending.reason());
        }
        boolean shared = ((Mapped) result).publishing() == Publishing.ALWAYS;
        return new Verdict(null, shared ? null : "nothing of it is to be shared");
    }

    /** Which instances a study lists. */
    public static final class Listing {

        private final Set<String> listed = new HashSet<>();
        private final SharingOptions sharing;

        public Listing(Mapped mapped, SharingOptions sharing) {
            this.sharing = sharing;
            mapped.imagingStudy()
                    .getSeries()
                    .forEach(series -> series.getInstance().forEach(instance -> listed.add(instance.getUid())));
        }

        /** What became of an instance of the study. */
        public Outcome of(Instance instance) {
            if (listed.contains(instance.instance().value())) {
                return Outcome.CONVERTED;
            }
            return sharing.excludes(instance) ? Outcome.EXCLUDED : Outcome.NOT_LISTED;
        }
    }
}
