package io.portolan.gateway.config;

import static java.util.Objects.requireNonNull;

import io.portolan.gateway.access.Access;
import io.portolan.gateway.config.Keys.Section;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * What was given for which key: the file, over it the environment, over that {@code --set}. Each value is checked where it
 * was given, also one that a later source hides.
 */
final class Settings {

    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<Key<?>, Given> given = new HashMap<>();
    private Optional<Access> access = Optional.empty();

    private Settings() {}

    /** @param check what to look at beyond each key, once all are read */
    static Settings gather(
            Optional<Path> file,
            Map<String, String> environment,
            Map<String, String> overrides,
            Consumer<Settings> check)
            throws ConfigException {
        Settings settings = new Settings();
        file.ifPresent(settings::takeFile);
        settings.take(environment, overrides);
        settings.checkOrder();
        check.accept(settings);
        settings.refuseProblems();
        return settings;
    }

    /** What was gathered before, or that part of it that still matters: nothing is looked at beyond each key. */
    static Settings gatherChecked(Optional<String> yaml, Map<String, String> environment, Map<String, String> overrides)
            throws ConfigException {
        Settings settings = new Settings();
        yaml.ifPresent(text -> settings.takeText(text, Place.inFile("configuration", settings.problems)));
        settings.take(environment, overrides);
        settings.refuseProblems();
        return settings;
    }

    private void take(Map<String, String> environment, Map<String, String> overrides) {
        new TreeMap<>(environment).forEach(this::takeVariable);
        overrides.forEach(this::takeOverride);
    }

    private void refuseProblems() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** The value of a checked key: what was given last, else its default. */
    <T> T get(Key<T> key) {
        return requireNonNull(given.getOrDefault(key, standard(key)).read(key.kind()), key::path);
    }

    boolean isGiven(Key<?> key) {
        return given.containsKey(key);
    }

    /** Whether it has another value than its default. */
    boolean isChanged(Key<?> key) {
        return isGiven(key) && !get(key).equals(standard(key).read(key.kind()));
    }

    /** What is wrong with a value, at the place where it was given. */
    void report(Key<?> key, String message) {
        given.getOrDefault(key, standard(key)).place().report(message);
    }

    private Given standard(Key<?> key) {
        return new Given.Text(key.standard(), Place.inText("default", key.path(), problems));
    }

    private void takeFile(Path file) {
        Place place = Place.inFile(file.toString(), problems);
        readFile(file, place).ifPresent(text -> takeText(text, place));
    }

    private void takeText(String yaml, Place place) {
        Optional<Node> root = Yaml.compose(yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml, place);
        if (root.isEmpty()) {
            return;
        }
        for (Yaml.Entry entry : Yaml.entries(root.get(), place, example("publish"))) {
            Optional<Section> section = Keys.section(entry.name());
            if (section.isEmpty()) {
                entry.place().report(Keys.unknownSection(entry.name()));
            } else if (!Yaml.isNull(entry.value())) {
                takeSection(section.get(), entry);
            }
        }
    }

    private static String example(String section) {
        return Keys.section(section).orElseThrow().example();
    }

    private static Optional<String> readFile(Path file, Place place) {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            place.report("there is no such file");
        } catch (CharacterCodingException e) {
            place.report("is not UTF-8 text");
        } catch (IOException e) {
            place.report(Files.isDirectory(file) ? "is a directory" : "cannot be read");
        }
        return Optional.empty();
    }

    private void takeSection(Section section, Yaml.Entry below) {
        for (Yaml.Entry entry : Yaml.entries(below.value(), below.place(), section.example())) {
            Optional<Key<?>> key = section.key(entry.name());
            if (key.isEmpty()) {
                entry.place().report(Keys.unknownKey(section, entry.name()));
            } else {
                take(key.get(), new Given.InFile(entry.value(), entry.place()));
            }
        }
    }

    /** An empty variable counts as not set: that is how compose files and unit files leave a value out. */
    private void takeVariable(String name, String text) {
        if (text.isEmpty() || !name.startsWith(Key.ENVIRONMENT_PREFIX)) {
            return;
        }
        Place place = Place.inText("environment", name, problems);
        String first = name.substring(Key.ENVIRONMENT_PREFIX.length()).split("_", 2)[0];
        Optional<Section> section = Keys.section(first.toLowerCase(Locale.ROOT));
        if (section.isEmpty()) {
            return;
        }
        section.get().keys().stream()
                .filter(key -> key.variable().equals(name))
                .findFirst()
                .ifPresentOrElse(
                        key -> take(key, new Given.Text(text, place)),
                        () -> place.report(Keys.unknownVariable(section.get(), name)));
    }

    private void takeOverride(String path, String text) {
        Place place = Place.inText("--set", path, problems);
        String[] names = path.split("\\.", 2);
        Optional<Section> section = Keys.section(names[0]);
        if (section.isEmpty()) {
            place.report(Keys.unknownSection(names[0]));
        } else if (names.length == 1) {
            place.report("is a section; give one of its keys, such as "
                    + section.get().keys().get(0).path());
        } else {
            section.get()
                    .key(names[1])
                    .ifPresentOrElse(
                            key -> take(key, new Given.Text(text, place)),
                            () -> place.report(Keys.unknownKey(section.get(), names[1])));
        }
    }

    private <T> void take(Key<T> key, Given value) {
        if (value.read(key.kind()) != null) {
            given.put(key, value);
        }
    }

    private void checkOrder() {
        checkAtLeast(Keys.PUBLISH_MAX_DELAY, Keys.PUBLISH_QUIET);
        checkAtLeast(Keys.PUBLISH_RETRY_MAX, Keys.PUBLISH_RETRY_MIN);
        checkAtLeast(Keys.FORWARD_RETRY_MAX, Keys.FORWARD_RETRY_MIN);
        checkAtLeast(Keys.COMMITMENT_RETRY_MAX, Keys.COMMITMENT_RETRY_MIN);
        checkForward();
        DicomKinds.check(this);
        DicomTlsKeys.check(this);
        // a study must not be taken over while its first request is still under way
        checkAtLeast(Keys.PUBLISH_LEASE, Keys.FHIR_TIMEOUT);
        checkEndpoints();
        checkAccess();
    }

    private void checkAccess() {
        try {
            access = Optional.of(AccessOptions.fhir(this));
        } catch (Kind.WrongMember e) {
            reportFhir(e.member, String.valueOf(e.getMessage()));
        }
    }

    /** How the FHIR server lets us in; empty: what was given does not go together, and was reported. */
    Optional<Access> access() {
        return access;
    }

    /** What is wrong with one of {@link AccessOptions}, where it was given. */
    void reportFhir(String name, String message) {
        report(Keys.section(Keys.FHIR).flatMap(fhir -> fhir.key(name)).orElseThrow(), message);
    }

    private void checkForward() {
        boolean wanted = get(Keys.STORAGE_MODE) == GatewayConfig.StorageMode.FORWARD;
        if (wanted && get(Keys.FORWARD_HOST).isEmpty()) {
            report(Keys.STORAGE_MODE, "forward needs a PACS to forward to; set forward.host and forward.called-ae");
        } else if (get(Keys.FORWARD_HOST).isPresent()
                && get(Keys.FORWARD_CALLED_AE).isEmpty()) {
            report(Keys.FORWARD_HOST, "the PACS has an AE title; set forward.called-ae");
        }
    }

    private void checkEndpoints() {
        long distinct = get(Keys.MAPPING_ENDPOINTS).values().stream()
                .map(endpoint -> endpoint.type() + " " + endpoint.address())
                .distinct()
                .count();
        if (distinct < get(Keys.MAPPING_ENDPOINTS).size()) {
            given.getOrDefault(Keys.MAPPING_ENDPOINTS, standard(Keys.MAPPING_ENDPOINTS))
                    .place()
                    .report("two endpoints have the same type and address");
        }
    }

    private void checkAtLeast(Key<Duration> longer, Key<Duration> shorter) {
        Duration atLeast = get(shorter);
        if (get(longer).compareTo(atLeast) < 0) {
            Given toBlame = given.getOrDefault(longer, given.getOrDefault(shorter, standard(longer)));
            toBlame.place().report(longer.path() + " must not be shorter than " + shorter.path());
        }
    }

    /** A value as it was given. */
    private sealed interface Given {

        Place place();

        <T> @Nullable T read(Kind<T> kind);

        record InFile(Node node, Place place) implements Given {
            @Override
            public <T> @Nullable T read(Kind<T> kind) {
                return kind.read(node, place);
            }
        }

        record Text(String text, Place place) implements Given {
            @Override
            public <T> @Nullable T read(Kind<T> kind) {
                return kind.parse(text, place);
            }
        }
    }
}
