package io.portolan.gateway.config;

import io.portolan.dicom.Attribute;
import io.portolan.gateway.config.GatewayConfig.Expired;
import io.portolan.gateway.config.GatewayConfig.GoneStudies;
import io.portolan.gateway.config.GatewayConfig.QualityRejected;
import io.portolan.mapping.study.SharingOptions;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** {@code excludeValues} is by the keyword of an attribute. */
public record Sharing(
        SortedSet<String> excludeSopClasses,
        SortedSet<String> excludeModalities,
        SortedSet<String> excludeAeTitles,
        SortedMap<String, SortedSet<String>> excludeValues,
        QualityRejected qualityRejected,
        Expired expired,
        GoneStudies deleted) {

    /** The same in the mapping's own terms. */
    public SharingOptions options() {
        Map<Attribute, Set<String>> values = new EnumMap<>(Attribute.class);
        excludeValues.forEach((keyword, excluded) ->
                exclude(values, Attribute.findKeyword(keyword).orElseThrow(), excluded));
        exclude(values, Attribute.SOPClassUID, excludeSopClasses);
        exclude(values, Attribute.Modality, excludeModalities);
        return new SharingOptions(
                values,
                excludeAeTitles,
                qualityRejected == QualityRejected.SHOWN,
                SharingOptions.Expired.valueOf(expired.name()),
                SharingOptions.Deleted.valueOf(deleted.name()));
    }

    private static void exclude(Map<Attribute, Set<String>> all, Attribute attribute, Set<String> values) {
        if (!values.isEmpty()) {
            all.computeIfAbsent(attribute, one -> new HashSet<>()).addAll(values);
        }
    }
}
