package io.portolan.mapping;

import io.portolan.mapping.MappingResult.SharedResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;

/**
 * What a study refers to, gathered while the tables are applied: each resource once, and before the ones that refer to
 * it.
 *
 * <p>A reference says by identifier and name whom it means, whatever the strategy; {@code create} and {@code resolve} add
 * the placeholder of a resource, which needs an identifier whose system is known: nobody could find it again by another.
 * For what nobody issues identifiers for there is one in the gateway's own system, made of its name. Belongs to one
 * mapping.
 */
final class References {

    /** Fills a resource, and says what it had to leave out. */
    interface Content<R extends DomainResource> {
        void fill(R resource, List<MappingIssue> issues);
    }

    /** Of what is never created. */
    static final Content<DomainResource> NOTHING = (resource, issues) -> {};

    private record Entry(SharedResource shared, List<MappingIssue> issues) {}

    private final MappingOptions options;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private Reference subject = new Reference();

    References(MappingOptions options) {
        this.options = options;
    }

    /** Whom the study, its orders and its specimens are of. */
    Reference subject() {
        return subject.copy();
    }

    void setSubject(Reference subject) {
        this.subject = subject;
    }

    /** For a part of the study that may be left out with all that it refers to. */
    References ofPart() {
        References part = new References(options);
        part.subject = subject;
        return part;
    }

    void addAll(References part) {
        part.entries.forEach(entries::putIfAbsent);
    }

    List<SharedResource> shared() {
        return entries.values().stream().map(Entry::shared).toList();
    }

    /** What the resources had to leave out. */
    List<MappingIssue> issues() {
        return entries.values().stream().flatMap(entry -> entry.issues.stream()).toList();
    }

    /** To a resource that somebody has given an identifier, or nobody. */
    <R extends DomainResource> Reference to(ReferencedType type, Reference logical, Content<R> content) {
        return to(type, logical, Optional.empty(), content);
    }

    /**
     * As {@link #to(ReferencedType, Reference, Content)}.
     *
     * @param name what names it where nobody has given it an identifier; studies that name it alike share it
     */
    <R extends DomainResource> Reference to(
            ReferencedType type, Reference logical, Optional<String> name, Content<R> content) {
        logical.setType(type.fhirType());
        Strategy strategy = options.strategy(type);
        if (strategy == Strategy.LOGICAL) {
            return logical;
        }
        Identifier issued = logical.getIdentifier();
        if (issued.hasSystem() && issued.hasValue()) {
            return add(type, strategy, logical, issued.getSystem(), issued.getValue(), false, content);
        }
        if (strategy == Strategy.RESOLVE || name.isEmpty()) {
            return logical;
        }
        String value = NameBasedUuid.ofUrl(type.fhirType() + ' ' + name.get()).toString();
        return add(type, strategy, logical, options.identifierSystem(), value, true, content);
    }

    @SuppressWarnings("unchecked") // a type and its content belong together
    private <R extends DomainResource> Reference add(
            ReferencedType type,
            Strategy strategy,
            Reference logical,
            String system,
            String value,
            boolean own,
            Content<R> content) {
        DomainResource resource = type.empty();
        SharedResource shared = SharedResource.of(resource, system, value, own, strategy);
        if (!entries.containsKey(shared.placeholder())) {
            List<MappingIssue> issues = new ArrayList<>();
            if (own) {
                resource.setProperty(
                        "identifier", new Identifier().setSystem(system).setValue(value));
            }
            if (strategy == Strategy.CREATE) {
                content.fill((R) resource, issues);
            }
            entries.put(shared.placeholder(), new Entry(shared, issues));
        }
        return logical.setReference(shared.placeholder());
    }

    /** One that the gateway makes itself whatever the site decides: an Endpoint. */
    Reference toOwn(SharedResource shared) {
        entries.putIfAbsent(shared.placeholder(), new Entry(shared, List.of()));
        return new Reference(shared.placeholder());
    }
}
