package io.portolan.mapping;

import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.MappingOptions.MappedCode;
import io.portolan.mapping.MappingOptions.Zones;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What sites may decide: the one that the golden cases are mapped for, and others that differ from it in one thing. */
final class Site {

    private static final Map<String, String> ISSUERS = Map.of("LIGHTHOUSE", "https://lighthouse.example.org/ids");

    static final MappingOptions GOLDEN = new MappingOptions(
            "https://gateway.example.org/id",
            Zones.NONE,
            new Issuers(ISSUERS, Optional.of("https://harbour.example.org/patients")),
            new Issuers(ISSUERS, Optional.of("https://harbour.example.org/accessions")),
            new Issuers(ISSUERS, Optional.empty()),
            new Issuers(ISSUERS, Optional.empty()),
            all(Strategy.CREATE),
            Map.of("99HARBOUR|CT-THX", new MappedCode("http://loinc.org", "24627-2", "CT Chest")),
            List.of(SourceTag.STUDY_DESCRIPTION),
            List.of(
                    new EndpointOption("Archive", EndpointType.DICOM_WADO_RS, "https://pacs.example.org/dicom-web"),
                    new EndpointOption("Viewer", EndpointType.IHE_IID, "https://viewer.example.org/iid")),
            List.of());

    private Site() {}

    /** The strategy for every type; types that cannot be created are referred to logically. */
    static Map<ReferencedType, Strategy> all(Strategy strategy) {
        Map<ReferencedType, Strategy> strategies = new EnumMap<>(ReferencedType.class);
        for (ReferencedType type : ReferencedType.values()) {
            boolean possible = strategy != Strategy.CREATE || type.isCreatable();
            strategies.put(type, possible ? strategy : Strategy.LOGICAL);
        }
        return strategies;
    }

    static MappingOptions with(MappingOptions site, Map<ReferencedType, Strategy> strategies) {
        return new MappingOptions(
                site.identifierSystem(),
                site.zones(),
                site.patients(),
                site.orders(),
                site.admissions(),
                site.specimens(),
                strategies,
                site.codes(),
                site.note(),
                site.endpoints(),
                site.extensions());
    }

    static MappingOptions withPatients(MappingOptions site, Issuers patients) {
        return new MappingOptions(
                site.identifierSystem(),
                site.zones(),
                patients,
                site.orders(),
                site.admissions(),
                site.specimens(),
                site.strategies(),
                site.codes(),
                site.note(),
                site.endpoints(),
                site.extensions());
    }

    static MappingOptions with(MappingOptions site, Zones zones) {
        return new MappingOptions(
                site.identifierSystem(),
                zones,
                site.patients(),
                site.orders(),
                site.admissions(),
                site.specimens(),
                site.strategies(),
                site.codes(),
                site.note(),
                site.endpoints(),
                site.extensions());
    }

    static MappingOptions with(
            MappingOptions site,
            List<SourceTag> note,
            List<EndpointOption> endpoints,
            List<ExtensionOption> extensions) {
        return new MappingOptions(
                site.identifierSystem(),
                site.zones(),
                site.patients(),
                site.orders(),
                site.admissions(),
                site.specimens(),
                site.strategies(),
                site.codes(),
                note,
                endpoints,
                extensions);
    }

    static MappingOptions withCodes(MappingOptions site, Map<String, MappedCode> codes) {
        return new MappingOptions(
                site.identifierSystem(),
                site.zones(),
                site.patients(),
                site.orders(),
                site.admissions(),
                site.specimens(),
                site.strategies(),
                codes,
                site.note(),
                site.endpoints(),
                site.extensions());
    }
}
