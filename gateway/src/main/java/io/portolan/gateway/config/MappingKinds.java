package io.portolan.gateway.config;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Level;
import io.portolan.dicom.Tag;
import io.portolan.gateway.config.Kind.Member;
import io.portolan.mapping.ExtensionOption;
import io.portolan.mapping.ExtensionOption.ValueType;
import io.portolan.mapping.MappingOptions.EndpointOption;
import io.portolan.mapping.MappingOptions.EndpointType;
import io.portolan.mapping.MappingOptions.MappedCode;
import io.portolan.mapping.ReferencedType;
import io.portolan.mapping.SourceTag;
import io.portolan.mapping.Strategy;
import java.net.URI;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of value of the section {@code mapping}. */
final class MappingKinds {

    /** An endpoint whose name its table gives. */
    record Endpoint(EndpointType type, URI address, List<String> aeTitles) {

        EndpointOption named(String name) {
            return new EndpointOption(name, type, address.toString(), aeTitles);
        }
    }

    /** An extension whose URL its table gives. */
    record Extension(SourceTag source, ValueType type) {

        ExtensionOption at(String url) {
            return new ExtensionOption(url, source, type);
        }
    }

    private static final String TAG = "a keyword that the mapping reads, or a tag of 8 hexadecimal digits";

    private static final List<Level> LEVELS = List.of(Level.PATIENT, Level.STUDY, Level.SERIES, Level.INSTANCE);

    private MappingKinds() {}

    static Kind.Table<URI> issuers() {
        String example = "{ MAIN: \"urn:oid:1.2.3\" }";
        return new Kind.Table<>(
                "identifier systems by issuer, such as " + example,
                issuer -> !issuer.isBlank(),
                "the issuer as instances name it",
                example,
                Addresses.system());
    }

    static Kind.Table<ZoneId> zones() {
        String example = "{ CT1: Europe/Vienna }";
        return new Kind.Table<>(
                "zones by AE title, such as " + example,
                Kinds::isAeTitle,
                "an AE title: 1 to 16 letters, digits or signs of ASCII without backslash",
                example,
                Kinds.zone());
    }

    static Kind.Scalar<Strategy> strategy(ReferencedType type) {
        return Kinds.choice(Stream.of(Strategy.values())
                .filter(strategy -> type.isCreatable() || strategy != Strategy.CREATE)
                .toArray(Strategy[]::new));
    }

    static Kind.Table<MappedCode> codes() {
        String right = "a system, a code and a display, such as http://loinc.org|24627-2|CT Chest";
        String example = "{ \"99HOUSE|CT-THX\": \"http://loinc.org|24627-2|CT Chest\" }";
        Kind.Scalar<MappedCode> code = new Kind.Scalar<>(right, text -> {
            String[] parts = text.split("\\|", -1);
            if (parts.length < 2 || parts.length > 3 || parts[1].isBlank()) {
                throw new Kind.Wrong();
            }
            URI system = Addresses.system().parser().apply(parts[0]);
            return new MappedCode(system.toString(), parts[1], parts.length == 3 ? parts[2] : "");
        });
        return new Kind.Table<>(
                "codings by local code, such as " + example,
                name -> name.matches("[^|]*\\|[^|]+"),
                "a designator, | and a code; nothing before the | for a term of BodyPartExamined",
                example,
                code);
    }

    /** Names follow FHIR R4 id, because resources may be named by them. */
    static Kind.Table<Endpoint> endpoints() {
        String one = "{ type: dicom-wado-rs, address: \"https://pacs.example.org/dicom-web\" }";
        Member<EndpointType> type = new Member<>("type", Kinds.choice(EndpointType.values()), true);
        Member<URI> address = new Member<>("address", Addresses.endpointAddress(), true);
        Member<List<String>> aeTitles =
                new Member<>("ae-titles", new Kind.Listing<>("AE titles, such as [CT1, CT2]", Kinds.aeTitle()), false);
        return new Kind.Table<>(
                "endpoints by name, such as { archive: " + one + " }",
                name -> name.matches("[A-Za-z0-9.-]{1,64}"),
                "1 to 64 letters, digits, dots or dashes",
                "{ archive: " + one + " }",
                new Kind.Structure<>(
                        one,
                        "an endpoint",
                        List.of(type, address, aeTitles),
                        members ->
                                endpoint(members.get(type), members.get(address), members.get(aeTitles, List.of()))));
    }

    private static Endpoint endpoint(EndpointType type, URI address, List<String> aeTitles) {
        boolean base = type == EndpointType.DICOM_WADO_RS || type == EndpointType.DICOM_QIDO_RS;
        if (base && Arrays.asList(address.getPath().split("/")).contains("studies")) {
            throw new Kind.WrongMember("address", "must be the base URL that stands before /studies");
        }
        if (type == EndpointType.IHE_IID && !aeTitles.isEmpty()) {
            throw new Kind.WrongMember("ae-titles", "ihe-iid shows studies, not series; must not be given");
        }
        return new Endpoint(type, address, aeTitles);
    }

    static Kind.Scalar<List<SourceTag>> note() {
        return new Kind.Scalar<>(
                "study-description, none, or attributes of study or patient, each " + TAG
                        + ", such as: StudyDescription 00104000",
                MappingKinds::noteTags);
    }

    private static List<SourceTag> noteTags(String text) {
        if (text.equals("none")) {
            return List.of();
        }
        if (text.equals("study-description")) {
            return List.of(SourceTag.STUDY_DESCRIPTION);
        }
        List<SourceTag> tags = new ArrayList<>();
        for (String word : text.strip().split("\\s+", -1)) {
            Optional<Attribute> read = Attribute.find(tag(word));
            tags.add(sourceTag(
                    tag(word), read.isPresent() && read.get().isAt(Level.PATIENT) ? Level.PATIENT : Level.STUDY));
        }
        return tags;
    }

    private static SourceTag sourceTag(int tag, Level level) {
        try {
            return new SourceTag(tag, level);
        } catch (IllegalArgumentException e) {
            throw new Kind.Wrong(String.valueOf(e.getMessage()));
        }
    }

    private static int tag(String text) {
        if (text.matches("[0-9A-Fa-f]{8}")) {
            return Tag.parse(text);
        }
        List<String> keywords = Stream.of(Attribute.values()).map(Enum::name).toList();
        if (!keywords.contains(text)) {
            throw Nearest.to(text, keywords)
                    .map(nearest ->
                            new Kind.Wrong("unknown keyword " + Yaml.quote(text) + ", did you mean " + nearest + "?"))
                    .orElseGet(() -> new Kind.Wrong("unknown keyword " + Yaml.quote(text)));
        }
        return Attribute.valueOf(text).tag();
    }

    static Kind.Table<Extension> extensions() {
        String one = "{ attribute: \"00180087\", level: series, type: decimal }";
        Member<Integer> attribute = new Member<>("attribute", new Kind.Scalar<>(TAG, MappingKinds::tag), true);
        Member<Level> level = new Member<>("level", Kinds.choice(LEVELS.toArray(Level[]::new)), true);
        Member<ValueType> type = new Member<>("type", Kinds.choice(ValueType.values()), true);
        String example = "{ \"https://hospital.example.org/field-strength\": " + one + " }";
        return new Kind.Table<>(
                "attributes by the URL of their extension, such as " + example,
                MappingKinds::isExtensionUrl,
                "an absolute URI",
                example,
                new Kind.Structure<>(
                        one,
                        "an extension",
                        List.of(attribute, level, type),
                        members -> extension(members.get(attribute), members.get(level), members.get(type))));
    }

    private static Extension extension(int tag, Level level, ValueType type) {
        try {
            return new Extension(new SourceTag(tag, level), type);
        } catch (IllegalArgumentException e) {
            throw new Kind.WrongMember("attribute", String.valueOf(e.getMessage()));
        }
    }

    private static boolean isExtensionUrl(String text) {
        return text.matches("[a-zA-Z][a-zA-Z0-9+.-]*:\\S+");
    }
}
