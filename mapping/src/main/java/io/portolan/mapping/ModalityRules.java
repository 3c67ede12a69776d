package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.mapping.study.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Coding;

/** Modalities (PS3.3 C.7.3.1.1.1, PS3.16 CID 29 and CID 33). */
final class ModalityRules {

    static final String DCM = "http://dicom.nema.org/resources/ontology/DCM";

    /** PS3.5 6.2 CS. */
    private static final Pattern CODE_STRING = Pattern.compile("[A-Z0-9_]([A-Z0-9 _]{0,14}[A-Z0-9_])?");

    private record Modality(String meaning, boolean acquisition) {}

    private static final Map<String, Modality> CID_33 = DataFile.rows("modalities.tsv").stream()
            .collect(Collectors.toUnmodifiableMap(
                    row -> row.get(0),
                    row -> new Modality(row.get(1), row.get(2).equals("acquisition"))));

    static final Rule<StudySource, Coding> STUDY_MODALITY = Rule.many(
            "distinct modalities of its series that acquire images or waveforms (CID 29)",
            source -> acquisitionModalities(source.study().series()));

    static final Rule<StudySource.OfSeries, Coding> SERIES_MODALITY =
            Rule.one("a code of CID 33 with its meaning", source -> modality(source.header()));

    private ModalityRules() {}

    static Value<Coding> modality(DataSet series) {
        List<String> values = series.values(Attribute.Modality).stream()
                .map(value -> value.toUpperCase(Locale.ROOT))
                .distinct()
                .toList();
        if (values.isEmpty()) {
            return Value.invalid(Attribute.Modality, "missing");
        }
        if (values.size() > 1) {
            return Value.invalid(Attribute.Modality, "more than one value");
        }
        String code = values.get(0);
        if (!CODE_STRING.matcher(code).matches()) {
            return Value.invalid(Attribute.Modality, "not a code of VR CS");
        }
        Modality known = CID_33.get(code);
        return known == null
                // What the standard has not, or has no longer, is no code of its ontology.
                ? Value.reduced(new Coding().setCode(code), Attribute.Modality, "no term of CID 33; without a system")
                : Value.of(new Coding(DCM, code, known.meaning));
    }

    private static List<Value<Coding>> acquisitionModalities(List<Series> series) {
        Map<String, Value<Coding>> distinct = new TreeMap<>();
        for (Series one : series) {
            Value<Coding> value = modality(one.header().merged());
            if (value instanceof Value.Present<Coding> present) {
                String code = present.value().getCode();
                if (CID_33.getOrDefault(code, new Modality("", false)).acquisition) {
                    distinct.put(code, value);
                }
            }
        }
        return distinct.isEmpty() && !series.isEmpty()
                ? List.of(Value.invalid(Attribute.Modality, "no series is of an acquisition modality (CID 29)"))
                : new ArrayList<>(distinct.values());
    }
}
