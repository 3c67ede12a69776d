package io.portolan.gateway.config;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** What a value may be: how it is read, from a node of the file or from one text, and what would be right. */
sealed interface Kind<T> {

    /** What would be right, so that it completes "must be ...". */
    String right();

    /** The value; null after reporting everything that is wrong with it. */
    @Nullable
    T read(Node node, Place place);

    /** The same for a value of the environment or {@code --set}. */
    @Nullable
    T parse(String text, Place place);

    /** Thrown by a parse function; the text that was given is shown unless there is a better reason. */
    final class Wrong extends RuntimeException {

        final Optional<String> reason;

        Wrong() {
            this.reason = Optional.empty();
        }

        Wrong(String reason) {
            super(reason);
            this.reason = Optional.of(reason);
        }
    }

    /** One text. */
    record Scalar<T>(String right, Function<String, T> parser) implements Kind<T> {

        @Override
        public @Nullable T read(Node node, Place place) {
            if (node instanceof ScalarNode scalar) {
                return parse(Yaml.isNull(node) ? "" : scalar.getValue(), place);
            }
            place.report("must be " + right + ", not " + Yaml.describe(node));
            return null;
        }

        @Override
        public @Nullable T parse(String text, Place place) {
            try {
                return parser.apply(text);
            } catch (Wrong e) {
                if (text.isEmpty()) {
                    place.report("has no value; must be " + right);
                } else {
                    place.report(e.reason
                            .map(reason -> reason + "; must be " + right)
                            .orElseGet(() -> "must be " + right + ", not " + Yaml.quote(text)));
                }
                return null;
            }
        }

        /** The same, or nothing: {@code none} or no text at all. */
        Scalar<Optional<T>> orNone() {
            return new Scalar<>(
                    right + ", or none",
                    text -> text.isEmpty() || text.equals("none") ? Optional.empty() : Optional.of(parser.apply(text)));
        }
    }

    /** Any number of different values: a list in the file; elsewhere the same in brackets, or with commas between. */
    record Several<V>(String right, Kind<V> value) implements Kind<SortedSet<V>> {

        @Override
        public @Nullable SortedSet<V> read(Node node, Place place) {
            if (node instanceof ScalarNode scalar) {
                return Yaml.isNull(node) ? Collections.emptySortedSet() : parse(scalar.getValue(), place);
            }
            if (!(node instanceof SequenceNode list)) {
                place.report("must be " + right + ", not " + Yaml.describe(node));
                return null;
            }
            int before = place.problems().size();
            SortedSet<V> values = new TreeSet<>();
            for (Node one : list.getValue()) {
                V read = value.read(one, place);
                if (read != null) {
                    values.add(read);
                }
            }
            return place.problems().size() == before ? Collections.unmodifiableSortedSet(values) : null;
        }

        @Override
        public @Nullable SortedSet<V> parse(String text, Place place) {
            int before = place.problems().size();
            SortedSet<V> values = new TreeSet<>();
            String inner = text.strip().replaceFirst("^\\[(.*)]$", "$1");
            for (String one : inner.isBlank() ? new String[0] : inner.split(",", -1)) {
                V read = value.parse(one.strip(), place);
                if (read != null) {
                    values.add(read);
                }
            }
            return place.problems().size() == before ? Collections.unmodifiableSortedSet(values) : null;
        }
    }

    /** Any number of values by name. */
    record Table<V>(String right, Predicate<String> name, String nameRight, String example, Kind<V> value)
            implements Kind<SortedMap<String, V>> {

        @Override
        public @Nullable SortedMap<String, V> read(Node node, Place place) {
            int before = place.problems().size();
            SortedMap<String, V> values = new TreeMap<>();
            if (!Yaml.isNull(node)) {
                for (Yaml.Entry entry : Yaml.entries(node, place, example)) {
                    if (!name.test(entry.name())) {
                        entry.place().report("its name must be " + nameRight);
                    }
                    V read = value.read(entry.value(), entry.place());
                    if (read != null) {
                        values.put(entry.name(), read);
                    }
                }
            }
            return place.problems().size() == before ? Collections.unmodifiableSortedMap(values) : null;
        }

        @Override
        public @Nullable SortedMap<String, V> parse(String text, Place place) {
            int before = place.problems().size();
            Optional<Node> node = Yaml.compose(text, place);
            if (node.isPresent()) {
                return read(node.get(), place);
            }
            return place.problems().size() == before ? Collections.emptySortedMap() : null;
        }
    }

    /** One endpoint: {@code { type: dicom-wado-rs, address: "https://..." }}. */
    record EndpointKind(String right, Kind<GatewayConfig.EndpointType> type, Kind<URI> address)
            implements Kind<GatewayConfig.Endpoint> {

        private static final List<String> NAMES = List.of("type", "address");

        @Override
        public GatewayConfig.@Nullable Endpoint read(Node node, Place place) {
            List<Yaml.Entry> entries = Yaml.entries(node, place, right);
            if (!(node instanceof MappingNode)) {
                return null;
            }
            entries.stream()
                    .filter(entry -> !NAMES.contains(entry.name()))
                    .forEach(entry -> entry.place().report("unknown key; an endpoint has type and address"));
            GatewayConfig.EndpointType readType = member("type", type, entries, place);
            URI readAddress = member("address", address, entries, place);
            if (readType == null || readAddress == null) {
                return null;
            }
            if (readType.isBaseUrl()
                    && Stream.of(readAddress.getPath().split("/")).anyMatch("studies"::equals)) {
                entry("address", entries)
                        .map(Yaml.Entry::place)
                        .orElse(place)
                        .report("must be the base URL that stands before /studies");
                return null;
            }
            return new GatewayConfig.Endpoint(readType, readAddress);
        }

        private static <M> @Nullable M member(String name, Kind<M> kind, List<Yaml.Entry> entries, Place place) {
            Optional<Yaml.Entry> entry = entry(name, entries);
            if (entry.isEmpty()) {
                place.report("has no " + name + "; must be " + kind.right());
                return null;
            }
            return kind.read(entry.get().value(), entry.get().place());
        }

        private static Optional<Yaml.Entry> entry(String name, List<Yaml.Entry> entries) {
            return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
        }

        @Override
        public GatewayConfig.@Nullable Endpoint parse(String text, Place place) {
            return Yaml.compose(text, place).map(node -> read(node, place)).orElse(null);
        }
    }
}
