package io.portolan.dicom;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable data set (PS3.5 7): elements ascending by tag, decoded on demand with the right character set.
 *
 * <p>The same class whether it came from a file, an association or the DICOM JSON model. Two data sets are equal when
 * their elements are, byte for byte; {@link #inUtf8()} makes those comparable that were written in different sets.
 */
public final class DataSet implements Iterable<Element> {

    public static final DataSet EMPTY = builder().build();

    private final List<Element> elements;
    private final CharacterSet characterSet;

    private DataSet(List<Element> elements, CharacterSet characterSet) {
        this.elements = elements;
        this.characterSet = characterSet;
    }

    public static Builder builder() {
        return new Builder(CharacterSet.DEFAULT);
    }

    /** For the item of a sequence, which inherits the character set of the data set around it (PS3.3 C.12.1.1.2). */
    public static Builder builder(CharacterSet inherited) {
        return new Builder(inherited);
    }

    public CharacterSet characterSet() {
        return characterSet;
    }

    public boolean isEmpty() {
        return elements.isEmpty();
    }

    public int size() {
        return elements.size();
    }

    @Override
    public Iterator<Element> iterator() {
        return elements().iterator();
    }

    /** All elements, ascending by tag. */
    public List<Element> elements() {
        return elements;
    }

    public @Nullable Element find(int tag) {
        int index = indexOf(elements, tag);
        return index < 0 ? null : elements.get(index);
    }

    public boolean contains(Attribute attribute) {
        return find(attribute.tag()) != null;
    }

    /** Whether there is a value: something other than padding. */
    public boolean hasValue(Attribute attribute) {
        Element element = find(attribute.tag());
        if (element == null || element.isEmpty()) {
            return false;
        }
        return !element.vr().isText()
                || Values.isPlain(element.bytes())
                || strings(attribute.tag()).stream().anyMatch(s -> !s.isEmpty());
    }

    /** The first value that is not empty, without padding. */
    public Optional<String> string(Attribute attribute) {
        for (String value : strings(attribute.tag())) {
            if (!value.isEmpty()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    /** All values in their places, without padding; an empty value is an empty string. No value: an empty list. */
    public List<String> strings(Attribute attribute) {
        return strings(attribute.tag());
    }

    /** As {@link #strings(Attribute)}, for any tag; binary numbers and tags come as their digits. */
    public List<String> strings(int tag) {
        Element element = find(tag);
        return element == null || element.bytes().length == 0 ? List.of() : Values.strings(element, characterSet);
    }

    /** The values that are not empty. */
    public List<String> values(Attribute attribute) {
        return strings(attribute).stream().filter(s -> !s.isEmpty()).toList();
    }

    public Optional<Uid> uid(Attribute attribute) {
        return string(attribute).flatMap(Uid::parse);
    }

    /** The names in their places; an empty place is left out. */
    public List<PersonName> names(Attribute attribute) {
        return values(attribute).stream()
                .map(PersonName::parse)
                .filter(n -> !n.isEmpty())
                .toList();
    }

    /** The items of a sequence; no sequence: an empty list. */
    public List<DataSet> items(Attribute attribute) {
        Element element = find(attribute.tag());
        return element == null ? List.of() : element.items();
    }

    /** The first item of a sequence. */
    public Optional<DataSet> item(Attribute attribute) {
        return items(attribute).stream().findFirst();
    }

    /** The attributes of one level, in UTF-8, without those that are empty. */
    public DataSet at(Level level) {
        return at(level, Map.of());
    }

    /**
     * The same with further elements.
     *
     * @param more tag to the value representation to read it in where the data set has it as UN: an implicit VR does not
     *     say, and no dictionary here does
     */
    public DataSet at(Level level, Map<Integer, Vr> more) {
        Builder builder = builder(CharacterSet.UTF_8);
        more.forEach((tag, vr) -> {
            Element element = find(tag);
            if (element != null && !element.isEmpty()) {
                boolean unknown = element.vr() == Vr.UN && vr != Vr.SQ;
                Element known = unknown ? Element.of(tag, vr, element.bytes()) : element;
                builder.add(Values.inUtf8(known, characterSet));
            }
        });
        for (Attribute attribute : Attribute.at(level)) {
            Element element = find(attribute.tag());
            if (element != null && hasValue(attribute)) {
                builder.add(Values.inUtf8(element, characterSet));
            }
        }
        return builder.build();
    }

    /** The same values with every text in UTF-8 and trailing padding dropped; SpecificCharacterSet itself goes. */
    public DataSet inUtf8() {
        return where(tag -> tag != Attribute.SpecificCharacterSet.tag(), true);
    }

    /** The elements whose tags pass. */
    public DataSet where(IntPredicate tags) {
        return where(tags, false);
    }

    private DataSet where(IntPredicate tags, boolean utf8) {
        Builder builder = builder(utf8 ? CharacterSet.UTF_8 : characterSet);
        for (Element element : elements) {
            if (tags.test(element.tag())) {
                builder.add(utf8 ? Values.inUtf8(element, characterSet) : element);
            }
        }
        return builder.build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataSet that && elements.equals(that.elements);
    }

    @Override
    public int hashCode() {
        return elements.hashCode();
    }

    /** The tags; never the values, which may be a patient's. */
    @Override
    public String toString() {
        return "DataSet" + elements;
    }

    /** As {@code Collections.binarySearch}, by unsigned tag. */
    private static int indexOf(List<Element> elements, int tag) {
        int low = 0;
        int high = elements.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compareUnsigned(elements.get(middle).tag(), tag);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** Gathers elements in any order; not for use by several threads. */
    public static final class Builder {

        private final List<Element> elements = new ArrayList<>();
        private CharacterSet characterSet;
        private boolean ascending = true;

        private Builder(CharacterSet inherited) {
            characterSet = inherited;
        }

        /**
         * Adds or replaces. SpecificCharacterSet takes effect for what is decoded from the built data set, unless it is
         * no text: then it says nothing.
         */
        public Builder add(Element element) {
            if (element.tag() == Attribute.SpecificCharacterSet.tag()
                    && element.vr().isText()) {
                characterSet = CharacterSet.of(Values.strings(element, CharacterSet.DEFAULT));
            }
            int last = elements.size() - 1;
            ascending &= last < 0 || Integer.compareUnsigned(elements.get(last).tag(), element.tag()) < 0;
            elements.add(element);
            return this;
        }

        /** Text in UTF-8: the builder must have been made for {@link CharacterSet#UTF_8}. */
        public Builder add(Attribute attribute, String... values) {
            byte[] bytes = String.join("\\", values).getBytes(StandardCharsets.UTF_8);
            return add(Element.of(attribute.tag(), attribute.vr(), bytes));
        }

        public Builder add(Attribute attribute, List<DataSet> items) {
            return add(Element.of(attribute.tag(), items));
        }

        public Builder addAll(DataSet other) {
            for (Element element : other) {
                add(element);
            }
            return this;
        }

        /** The character set in force so far, for the items of a sequence that is being read. */
        public CharacterSet characterSet() {
            return characterSet;
        }

        public DataSet build() {
            if (!ascending) {
                sort();
            }
            return new DataSet(List.copyOf(elements), characterSet);
        }

        /** Once, at the end: a hostile order of very many elements must not cost their square. */
        private void sort() {
            elements.sort((a, b) -> Integer.compareUnsigned(a.tag(), b.tag()));
            int kept = 0;
            for (int i = 0; i < elements.size(); i++) {
                boolean replaced = i + 1 < elements.size()
                        && elements.get(i + 1).tag() == elements.get(i).tag();
                if (!replaced) {
                    elements.set(kept++, elements.get(i));
                }
            }
            elements.subList(kept, elements.size()).clear();
            ascending = true;
        }
    }
}
