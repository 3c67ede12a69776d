package io.portolan.mapping;

import java.util.function.UnaryOperator;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesInstanceComponent;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Reference;
import org.jspecify.annotations.Nullable;

/** Writes something else for the placeholders that the references of a resource have. */
final class Placeholders {

    private Placeholders() {}

    /**
     * Changes the resource.
     *
     * @param literal what stands for a reference; null: it has none, and stays logical
     */
    static void replace(Base element, UnaryOperator<@Nullable String> literal) {
        for (Property property : element.children()) {
            for (Base child : property.getValues()) {
                if (child instanceof Reference reference) {
                    if (reference.hasReference()) {
                        reference.setReference(literal.apply(reference.getReference()));
                    }
                } else if (!(child instanceof ImagingStudySeriesInstanceComponent)) { // which refer to nothing
                    replace(child, literal);
                }
            }
        }
    }
}
