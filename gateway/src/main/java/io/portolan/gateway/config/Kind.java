package io.portolan.gateway.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
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

    /** One member of a {@link Structure}; one that is not required may be missing. */
    record Member<M>(String name, Kind<M> kind, boolean required) {}

    /**
     * A fixed set of members that make one value.
     *
     * @param what is made of them, with its article
     * @param maker may throw {@link Wrong}, which is reported at the structure
     */
    record Structure<T>(String right, String what, List<Member<?>> members, Function<Members, T> maker)
            implements Kind<T> {

        @Override
        public @Nullable T read(Node node, Place place) {
            int before = place.problems().size();
            List<Yaml.Entry> entries = Yaml.entries(node, place, right);
            if (!(node instanceof MappingNode)) {
                return null;
            }
            List<String> names = members.stream().map(Member::name).toList();
            entries.stream()
                    .filter(entry -> !names.contains(entry.name()))
                    .forEach(
                            entry -> entry.place().report("unknown key; " + what + " has " + String.join(", ", names)));
            Map<String, Object> values = new HashMap<>();
            for (Member<?> member : members) {
                Object value = read(member, entries, place);
                if (value != null) {
                    values.put(member.name, value);
                }
            }
            return place.problems().size() == before ? make(new Members(values), entries, place) : null;
        }

        private static @Nullable Object read(Member<?> member, List<Yaml.Entry> entries, Place place) {
            for (Yaml.Entry entry : entries) {
                if (entry.name().equals(member.name)) {
                    return member.kind.read(entry.value(), entry.place());
                }
            }
            if (member.required) {
                place.report("has no " + member.name + "; must be " + member.kind.right());
            }
            return null;
        }

        private @Nullable T make(Members values, List<Yaml.Entry> entries, Place place) {
            try {
                return maker.apply(values);
            } catch (WrongMember e) {
                entries.stream()
                        .filter(entry -> entry.name().equals(e.member))
                        .map(Yaml.Entry::place)
                        .findFirst()
                        .orElse(place)
                        .report(String.valueOf(e.getMessage()));
                return null;
            }
        }

        @Override
        public @Nullable T parse(String text, Place place) {
            return Yaml.compose(text, place).map(node -> read(node, place)).orElse(null);
        }
    }

    /** The members that were given, by name. */
    record Members(Map<String, Object> values) {

        @SuppressWarnings("unchecked") // the kind of the member made it
        <M> M get(Member<M> member) {
            return (M) Objects.requireNonNull(values.get(member.name()));
        }

        <M> M get(Member<M> member, M otherwise) {
            return values.containsKey(member.name()) ? get(member) : otherwise;
        }
    }

    /** Thrown by the maker of a structure: one member does not go with the others. */
    final class WrongMember extends RuntimeException {

        private static final long serialVersionUID = 1;

        final String member;

        WrongMember(String member, String problem) {
            super(problem);
            this.member = member;
        }
    }

    /** Any number of values in their order; one alone needs no brackets. */
    record Listing<V>(String right, Kind<V> value) implements Kind<List<V>> {

        @Override
        public @Nullable List<V> read(Node node, Place place) {
            int before = place.problems().size();
            List<Node> nodes = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
            List<V> values = new ArrayList<>();
            for (Node one : nodes) {
                V read = value.read(one, place.at(one));
                if (read != null) {
                    values.add(read);
                }
            }
            return place.problems().size() == before ? List.copyOf(values) : null;
        }

        @Override
        public @Nullable List<V> parse(String text, Place place) {
            return Yaml.compose(text, place).map(node -> read(node, place)).orElse(null);
        }
    }
}
