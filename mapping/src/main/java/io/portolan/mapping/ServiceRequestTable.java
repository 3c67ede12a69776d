package io.portolan.mapping;

import static io.portolan.dicom.Attribute.*;
import static io.portolan.mapping.Row.Need.OPTIONAL;
import static io.portolan.mapping.Row.Need.REQUIRED;

import io.portolan.dicom.Attribute;
import io.portolan.mapping.OrderRules.Order;
import java.util.List;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.ServiceRequest;

/** FHIR R4 ServiceRequest: what a study was ordered with. */
final class ServiceRequestTable {

    // spotless:off
    static final Table<Order, ServiceRequest> TABLE = new Table<>("ServiceRequest", List.of(
            // FHIR element, DICOM attributes, need, rule, setter
            row("ServiceRequest.identifier", List.of(AccessionNumber, IssuerOfAccessionNumberSequence, PlacerOrderNumberImagingServiceRequest, OrderPlacerIdentifierSequence, FillerOrderNumberImagingServiceRequest, OrderFillerIdentifierSequence, RequestedProcedureID), REQUIRED, OrderRules.IDENTIFIER, ServiceRequest::addIdentifier),
            row("ServiceRequest.status",     List.of(),                                                                                                                                                                                                                     REQUIRED, OrderRules.STATUS,     ServiceRequest::setStatus),
            row("ServiceRequest.intent",     List.of(),                                                                                                                                                                                                                     REQUIRED, OrderRules.INTENT,     ServiceRequest::setIntent),
            row("ServiceRequest.code",       List.of(RequestedProcedureCodeSequence, RequestedProcedureDescription),                                                                                                                                                        OPTIONAL, OrderRules.CODE,       ServiceRequest::setCode),
            row("ServiceRequest.subject",    List.of(),                                                                                                                                                                                                                     REQUIRED, OrderRules.SUBJECT,    ServiceRequest::setSubject)));
    // spotless:on

    private ServiceRequestTable() {}

    private static <V> Row<Order, ServiceRequest, V> row(
            String element,
            List<Attribute> attributes,
            Row.Need need,
            Rule<Order, V> rule,
            BiConsumer<ServiceRequest, V> setter) {
        return new Row<>(element, attributes, need, rule, setter);
    }
}
