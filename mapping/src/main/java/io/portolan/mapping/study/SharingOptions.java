package io.portolan.mapping.study;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a site keeps from sharing, and what it does about rejected instances.
 *
 * @param excludedValues instances that have one of the values in the attribute are counted, and not listed
 * @param excludedSenders nor are those that one of these AE titles sent
 * @param qualityKept whether instances that were rejected for quality (113001) are shared all the same, as IHE allows
 * @param expired what becomes of a study whose retention has expired (113039)
 * @param deleted what becomes of a study that was deleted from every archive that had it
 */
public record SharingOptions(
        Map<Attribute, Set<String>> excludedValues,
        Set<String> excludedSenders,
        boolean qualityKept,
        Expired expired,
        Deleted deleted) {

    /** Everything is shared, what is rejected or deleted is not, and what has expired stays as an empty listing. */
    public static final SharingOptions DEFAULTS =
            new SharingOptions(Map.of(), Set.of(), false, Expired.EMPTY, Deleted.CANCELLED);

    /** Of a site that calls off what was deleted. */
    public SharingOptions(
            Map<Attribute, Set<String>> excludedValues,
            Set<String> excludedSenders,
            boolean qualityKept,
            Expired expired) {
        this(excludedValues, excludedSenders, qualityKept, expired, Deleted.CANCELLED);
    }

    /** No code of FHIR R4 says that images are no longer kept. */
    public enum Expired {
        /** Available, without a listing and without endpoints. */
        EMPTY,
        CANCELLED,
        /** The resource is deleted on the server. */
        DELETED
    }

    /** FHIR R4 has no code for it: an archive does not say why it has deleted something. */
    public enum Deleted {
        /** Status cancelled, nothing listed. */
        CANCELLED,
        /** Status entered-in-error, nothing listed. */
        ENTERED_IN_ERROR,
        /** Said as before, but for the endpoints: that it was made stays true, where to fetch it does not. */
        ENDPOINT_REMOVED,
        /** Nothing. */
        LEFT
    }

    public SharingOptions {
        Map<Attribute, Set<String>> copy = new LinkedHashMap<>();
        excludedValues.forEach((attribute, values) -> copy.put(attribute, Set.copyOf(values)));
        excludedValues = Map.copyOf(copy);
        excludedSenders = Set.copyOf(excludedSenders);
    }

    /** Whether it is counted, and not listed. */
    public boolean excludes(Instance instance) {
        return instance.callingAe().filter(excludedSenders::contains).isPresent()
                || excludedValues.entrySet().stream().anyMatch(one -> has(instance, one.getKey(), one.getValue()));
    }

    private static boolean has(Instance instance, Attribute attribute, Set<String> values) {
        for (DataSet header : List.of(
                instance.patientHeader(), instance.studyHeader(), instance.seriesHeader(), instance.instanceHeader())) {
            if (header.values(attribute).stream().anyMatch(values::contains)) {
                return true;
            }
        }
        return false;
    }
}
