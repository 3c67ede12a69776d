package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingOptions.Issuers;
import io.portolan.mapping.study.Header;
import io.portolan.mapping.study.Series;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
 * <p>Requests that share a number of one kind and issuer are one order. A number whose issuer is not said belongs to the
 * order that has it from somebody, where that is one only: it never joins two orders.
 */
final class OrderRules {

    static final Rule<StudySource, Reference> BASED_ON = Rule.union(
            "a ServiceRequest for each distinct order of the study, of its series' requests and of those its documents refer to; identified by the first of accession (ACSN), placer (PLAC) and filler number (FILL), else RequestedProcedureID",
            source -> orders(source).stream()
                    .map(order -> reference(order, source.references()))
                    .toList());

    static final Rule<StudySource, Reference> PROCEDURE_REFERENCE =
            Rule.one("the Procedure with this UID, where it is one only; else left out", OrderRules::procedure);

    static final Rule<Order, Identifier> IDENTIFIER = Rule.many(
            "all numbers: type ACSN, PLAC, FILL with the systems of their issuers; RequestedProcedureID with use secondary",
            order -> Stream.concat(order.distinctNumbers().map(OrderNumber::value), order.procedureIds())
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
     * A number of an order.
     *
     * @param issued whether the data set says by whom, in a way that gives a system
     */
    private record OrderNumber(Value<Identifier> value, boolean issued) {

        private Identifier identifier() {
            return value.said().orElseThrow();
        }

        private String type() {
            return identifier().getType().getCodingFirstRep().getCode();
        }

        private String withoutSystem() {
            return type() + ' ' + identifier().getValue();
        }

        private String withSystem() {
            return identifier().getSystem() + ' ' + withoutSystem();
        }
    }

    /** What the rules of {@link ServiceRequestTable} read. */
    record Order(List<OrderNumber> numbers, List<Request> requests, MappingOptions options, References references) {

        private static Order of(List<Order> same) {
            return new Order(
                    same.stream().flatMap(order -> order.numbers.stream()).toList(),
                    same.stream().flatMap(order -> order.requests.stream()).toList(),
                    same.get(0).options,
                    same.get(0).references);
        }

        private Order with(List<OrderNumber> numbers) {
            return new Order(numbers, requests, options, references);
        }

        /** By value and type, the first of each. */
        private Map<String, OrderNumber> issued() {
            Map<String, OrderNumber> issued = new LinkedHashMap<>();
            numbers.stream()
                    .filter(OrderNumber::issued)
                    .forEach(number -> issued.putIfAbsent(number.withoutSystem(), number));
            return issued;
        }

        private Stream<OrderNumber> distinctNumbers() {
            Map<String, OrderNumber> distinct = new LinkedHashMap<>();
            numbers.forEach(number -> distinct.putIfAbsent(number.withSystem(), number));
            return distinct.values().stream();
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

    /** The accession numbers of the study itself: of each of its orders. */
    static List<Value<Identifier>> accessionNumbers(StudySource source) {
        return orders(ofStudy(source), source).stream()
                .flatMap(Order::distinctNumbers)
                .map(OrderNumber::value)
                .toList();
    }

    /** The distinct orders of a study. */
    static List<Order> orders(StudySource source) {
        Set<Request> requests = new LinkedHashSet<>(ofStudy(source));
        for (Series series : source.study().series()) {
            for (Header header : series.header().each(Attribute.RequestAttributesSequence)) {
                header.merged()
                        .items(Attribute.RequestAttributesSequence)
                        .forEach(item -> requests.add(new Request(item, header.merged())));
            }
            for (DataSet instance : series.instances().values()) {
                instance.items(Attribute.ReferencedRequestSequence)
                        .forEach(item ->
                                requests.add(new Request(item, series.header().merged())));
            }
        }
        return orders(requests, source);
    }

    private static List<Request> ofStudy(StudySource source) {
        return source
                .study()
                .header()
                .each(Attribute.AccessionNumber, Attribute.IssuerOfAccessionNumberSequence)
                .stream()
                .map(header -> new Request(header.merged(), header.merged()))
                .toList();
    }

    private static List<Order> orders(Collection<Request> requests, StudySource source) {
        List<Order> numbered = new ArrayList<>();
        List<Order> unnumbered = new ArrayList<>();
        for (Request request : requests) {
            Order order = new Order(
                    numbers(request.item, source.options().orders()),
                    List.of(request),
                    source.options(),
                    source.references());
            (order.numbers.isEmpty() ? unnumbered : numbered).add(order);
        }
        return withUnnumbered(joined(withIssuers(joined(numbered, OrderNumber::issued)), number -> true), unnumbered);
    }

    private static List<OrderNumber> numbers(DataSet item, Issuers orders) {
        Issuers others = orders.withoutDefault(); // the default is the issuer of accession numbers
        // spotless:off
        return Stream.of(
                        number(item, Attribute.AccessionNumber,                        Attribute.IssuerOfAccessionNumberSequence, orders, IdentifierRules.Type.ACSN),
                        number(item, Attribute.PlacerOrderNumberImagingServiceRequest, Attribute.OrderPlacerIdentifierSequence,   others, IdentifierRules.Type.PLAC),
                        number(item, Attribute.FillerOrderNumberImagingServiceRequest, Attribute.OrderFillerIdentifierSequence,   others, IdentifierRules.Type.FILL))
                .flatMap(Optional::stream)
                .toList();
        // spotless:on
    }

    private static Optional<OrderNumber> number(
            DataSet item, Attribute attribute, Attribute issuer, Issuers issuers, IdentifierRules.Type type) {
        Value<Identifier> value = IdentifierRules.issued(item, attribute, issuer, issuers, type);
        boolean issued = IssuerRules.system(Optional.empty(), item.items(issuer), issuers.withoutDefault())
                instanceof Value.Present;
        return value.said().map(identifier -> new OrderNumber(value, issued));
    }

    /** Those that share a number that counts are one order, and so are those that share others with the same. */
    private static List<Order> joined(List<Order> orders, Predicate<OrderNumber> counts) {
        int[] earlier = new int[orders.size()];
        Map<String, Integer> firstWith = new HashMap<>();
        for (int i = 0; i < earlier.length; i++) {
            earlier[i] = i;
            for (OrderNumber number : orders.get(i).numbers) {
                Integer first = counts.test(number) ? firstWith.putIfAbsent(number.withSystem(), i) : null;
                if (first != null) {
                    int one = earliest(earlier, first);
                    int other = earliest(earlier, i);
                    earlier[Math.max(one, other)] = Math.min(one, other);
                }
            }
        }
        Map<Integer, List<Order>> same = new LinkedHashMap<>();
        for (int i = 0; i < earlier.length; i++) {
            same.computeIfAbsent(earliest(earlier, i), key -> new ArrayList<>()).add(orders.get(i));
        }
        return same.values().stream().map(Order::of).toList();
    }

    private static int earliest(int[] earlier, int order) {
        int earliest = order;
        while (earlier[earliest] != earliest) {
            earlier[earliest] = earlier[earlier[earliest]]; // halves the way for the next
            earliest = earlier[earliest];
        }
        return earliest;
    }

    /**
     * A number without an issuer is the same as one with an issuer in its own order, or in the only order that has one; of
     * several orders nobody can tell which is meant.
     */
    private static List<Order> withIssuers(List<Order> orders) {
        Map<String, List<OrderNumber>> issued = new HashMap<>();
        for (Order order : orders) {
            order.issued()
                    .forEach((number, first) -> issued.computeIfAbsent(number, key -> new ArrayList<>())
                            .add(first));
        }
        return orders.stream()
                .map(order -> {
                    Map<String, OrderNumber> own = order.issued();
                    return order.with(order.numbers.stream()
                            .map(number -> {
                                List<OrderNumber> all = issued.getOrDefault(number.withoutSystem(), List.of());
                                OrderNumber same = all.size() == 1 ? all.get(0) : own.get(number.withoutSystem());
                                return number.issued || same == null ? number : same;
                            })
                            .toList());
                })
                .toList();
    }

    /** A RequestedProcedureID numbers the procedures of an order: of the only one, or of one whose number nobody gives. */
    private static List<Order> withUnnumbered(List<Order> orders, List<Order> unnumbered) {
        if (orders.size() == 1) {
            return List.of(
                    Order.of(Stream.concat(orders.stream(), unnumbered.stream()).toList()));
        }
        if (!orders.isEmpty()) {
            return orders;
        }
        Map<String, List<Order>> byId = new LinkedHashMap<>();
        for (Order order : unnumbered) {
            order.procedureIds()
                    .flatMap(id -> id.said().stream())
                    .forEach(id -> byId.computeIfAbsent(id.getValue(), key -> new ArrayList<>())
                            .add(order));
        }
        return byId.values().stream().map(Order::of).toList();
    }

    private static Value<Reference> reference(Order order, References references) {
        Value<Identifier> first = Stream.of("ACSN", "PLAC", "FILL")
                .flatMap(type ->
                        order.numbers.stream().filter(number -> number.type().equals(type)))
                .findFirst()
                .map(OrderNumber::value)
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
            boolean disagree = source.study().series().stream()
                    .anyMatch(series ->
                            series.header().conflicts().contains(Attribute.ReferencedPerformedProcedureStepSequence));
            return Value.invalid(
                    Attribute.ReferencedPerformedProcedureStepSequence,
                    disagree ? Table.DISAGREE_LEFT_OUT : "several procedure steps; left out");
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
