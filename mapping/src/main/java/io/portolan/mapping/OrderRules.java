package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.study.Series;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Identifier.IdentifierUse;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestIntent;
import org.hl7.fhir.r4.model.ServiceRequest.ServiceRequestStatus;

/**
 * What was asked for, and what was done: the orders of a study (PS3.3 C.4.9, 10.6 Request Attributes, C.17.2 for the
 * requests that a document refers to), and its performed procedure step.
 *
 * <p>Requests that share a number of one kind and issuer are one order.
 */
final class OrderRules {

    static final Rule<StudySource, Reference> BASED_ON = Rule.many(
            "a ServiceRequest for each distinct order of the study, of its series' requests and of those its documents refer to; identified by the first of accession (ACSN), placer (PLAC) and filler number (FILL), else RequestedProcedureID",
            source -> orders(source).stream()
                    .map(order -> reference(order, source.references()))
                    .toList());

    static final Rule<StudySource, Reference> PROCEDURE_REFERENCE =
            Rule.one("the Procedure with this UID, where it is one only; else left out", OrderRules::procedure);

    static final Rule<Order, Identifier> IDENTIFIER = Rule.many(
            "all numbers: type ACSN, PLAC, FILL with the systems of their issuers; RequestedProcedureID with use secondary",
            order -> Stream.concat(order.numbers().values().stream(), order.procedureIds())
                    .toList());

    static final Rule<Order, ServiceRequestStatus> STATUS =
            Rule.one("unknown: images do not say", order -> Value.of(ServiceRequestStatus.UNKNOWN));

    static final Rule<Order, ServiceRequestIntent> INTENT =
            Rule.one("order", order -> Value.of(ServiceRequestIntent.ORDER));

    static final Rule<Order, CodeableConcept> CODE = Rule.one(
            "the code of the requested procedure, its description as text; left out when there are several",
            OrderRules::code);

    static final Rule<Order, Reference> SUBJECT =
            Rule.one("that of the study", order -> Value.of(order.references().subject()));

    /** One request, as it stands in the study or in an item. */
    private record Request(DataSet item, DataSet header) {}

    /**
     * What the rules of {@link ServiceRequestTable} read.
     *
     * @param numbers by type and value, those of the accession first
     */
    record Order(
            Map<String, Value<Identifier>> numbers,
            List<Request> requests,
            MappingOptions options,
            References references) {

        private boolean isSameAs(Order other) {
            return numbers.values().stream()
                    .flatMap(a -> a.said().stream())
                    .anyMatch(a -> other.numbers.values().stream()
                            .flatMap(b -> b.said().stream())
                            .anyMatch(b -> isSame(a, b)));
        }

        private void addAll(Order other) {
            other.numbers.forEach(numbers::putIfAbsent);
            requests.addAll(other.requests);
        }

        private Stream<Value<Identifier>> procedureIds() {
            return requests.stream()
                    .flatMap(request -> TextRules.text(request.item, Attribute.RequestedProcedureID).said().stream())
                    .distinct()
                    .map(id -> Value.of(
                            new Identifier().setUse(IdentifierUse.SECONDARY).setValue(id)));
        }
    }

    private OrderRules() {}

    private static boolean isSame(Identifier a, Identifier b) {
        boolean sameIssuer = !a.hasSystem() || !b.hasSystem() || a.getSystem().equals(b.getSystem());
        return sameIssuer
                && a.getValue().equals(b.getValue())
                && a.getType()
                        .getCodingFirstRep()
                        .getCode()
                        .equals(b.getType().getCodingFirstRep().getCode());
    }

    /** The distinct orders of a study. */
    static List<Order> orders(StudySource source) {
        List<Order> orders = new ArrayList<>();
        List<Order> unnumbered = new ArrayList<>();
        for (Request request : requests(source)) {
            Order candidate = order(request, source);
            if (candidate.numbers.isEmpty()) {
                unnumbered.add(candidate);
                continue;
            }
            List<Order> same = orders.stream().filter(candidate::isSameAs).toList();
            if (same.isEmpty()) {
                orders.add(candidate);
                continue;
            }
            Order first = same.get(0);
            List<Order> others = same.subList(1, same.size());
            others.forEach(first::addAll);
            orders.removeAll(others);
            first.addAll(candidate);
        }
        return withUnnumbered(orders, unnumbered);
    }

    /** A RequestedProcedureID numbers the procedures of an order: of the only one, or of one whose number nobody gives. */
    private static List<Order> withUnnumbered(List<Order> orders, List<Order> unnumbered) {
        if (orders.size() == 1) {
            unnumbered.forEach(orders.get(0)::addAll);
        } else if (orders.isEmpty()) {
            Map<String, Order> byId = new LinkedHashMap<>();
            for (Order order : unnumbered) {
                order.procedureIds()
                        .flatMap(id -> id.said().stream())
                        .forEach(id -> byId.merge(id.getValue(), order, (a, b) -> {
                            a.addAll(b);
                            return a;
                        }));
            }
            orders.addAll(byId.values());
        }
        return orders;
    }

    private static Set<Request> requests(StudySource source) {
        Set<Request> requests = new LinkedHashSet<>();
        requests.add(new Request(source.header(), source.header()));
        for (Series series : source.study().series()) {
            DataSet header = series.header().merged();
            header.items(Attribute.RequestAttributesSequence).forEach(item -> requests.add(new Request(item, header)));
            for (DataSet instance : series.instances().values()) {
                instance.items(Attribute.ReferencedRequestSequence)
                        .forEach(item -> requests.add(new Request(item, header)));
            }
        }
        return requests;
    }

    private static Order order(Request request, StudySource source) {
        Map<String, Value<Identifier>> numbers = new LinkedHashMap<>();
        DataSet item = request.item;
        Issuers orders = source.options().orders();
        Issuers others = orders.withoutDefault(); // the default is the issuer of accession numbers
        // spotless:off
        List<Value<Identifier>> values = List.of(
                IdentifierRules.issued(item, Attribute.AccessionNumber,                        Attribute.IssuerOfAccessionNumberSequence, orders, IdentifierRules.Type.ACSN),
                IdentifierRules.issued(item, Attribute.PlacerOrderNumberImagingServiceRequest, Attribute.OrderPlacerIdentifierSequence,   others, IdentifierRules.Type.PLAC),
                IdentifierRules.issued(item, Attribute.FillerOrderNumberImagingServiceRequest, Attribute.OrderFillerIdentifierSequence,   others, IdentifierRules.Type.FILL));
        // spotless:on
        values.forEach(value -> value.said().ifPresent(id -> numbers.put(key(id), value)));
        return new Order(numbers, new ArrayList<>(List.of(request)), source.options(), source.references());
    }

    private static String key(Identifier id) {
        return type(id) + ' ' + id.getSystem() + ' ' + id.getValue();
    }

    private static String type(Identifier id) {
        return id.getType().getCodingFirstRep().getCode();
    }

    private static Value<Reference> reference(Order order, References references) {
        Value<Identifier> first = Stream.of("ACSN", "PLAC", "FILL")
                .flatMap(type -> order.numbers.entrySet().stream()
                        .filter(number -> number.getKey().startsWith(type))
                        .map(Map.Entry::getValue))
                .findFirst()
                .or(() -> order.procedureIds().findFirst())
                .orElseGet(Value::absent);
        return first.map(identifier -> references.to(
                ReferencedType.SERVICE_REQUEST,
                new Reference().setIdentifier(identifier),
                (ServiceRequest resource, List<MappingIssue> issues) ->
                        ServiceRequestTable.TABLE.map(order, resource, null, issues)));
    }

    private static Value<CodeableConcept> code(Order order) {
        List<Value<CodeableConcept>> codes = CodeRules.distinctConcepts(order.requests.stream()
                .flatMap(request -> request.item.items(Attribute.RequestedProcedureCodeSequence).stream()
                        .map(item -> CodeRules.concept(item, request.header, order.options)))
                .toList());
        List<String> descriptions = order.requests.stream()
                .flatMap(request ->
                        TextRules.text(request.item, Attribute.RequestedProcedureDescription).said().stream())
                .distinct()
                .toList();
        if (codes.size() > 1 || descriptions.size() > 1) {
            return Value.invalid(Attribute.RequestedProcedureCodeSequence, "several requested procedures; left out");
        }
        Optional<String> description = descriptions.stream().findFirst();
        if (codes.isEmpty()) {
            return description
                    .map(text -> Value.of(new CodeableConcept().setText(text)))
                    .orElseGet(Value::absent);
        }
        return codes.get(0).map(concept -> description.map(concept::setText).orElse(concept));
    }

    private static Value<Reference> procedure(StudySource source) {
        List<Value<Uid>> distinct = source.study().series().stream()
                .flatMap(series -> series.header().variants().stream())
                .flatMap(variant -> variant.header().items(Attribute.ReferencedPerformedProcedureStepSequence).stream())
                .map(item -> item.uid(Attribute.ReferencedSOPInstanceUID)
                        .map(Value::of)
                        .orElseGet(() -> Value.invalid(Attribute.ReferencedSOPInstanceUID, "no UID")))
                .distinct()
                .toList();
        if (distinct.size() > 1) {
            return Value.invalid(
                    Attribute.ReferencedPerformedProcedureStepSequence, "several procedure steps; left out");
        }
        return distinct.isEmpty()
                ? Value.absent()
                : distinct.get(0)
                        .map(uid -> source.references()
                                .to(
                                        ReferencedType.PROCEDURE,
                                        new Reference().setIdentifier(IdentifierRules.ofUid(uid)),
                                        References.NOTHING));
    }
}
