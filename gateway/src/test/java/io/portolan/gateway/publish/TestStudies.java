package io.portolan.gateway.publish;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.gateway.ledger.Reception;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.MappingResult.Pending;
import io.portolan.mapping.MappingResult.SharedResource;
import io.portolan.mapping.MappingResult.Unmappable;
import io.portolan.mapping.Strategy;
import io.portolan.mapping.study.Gathered;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.Series;
import io.portolan.mapping.study.Study;
import io.portolan.mapping.study.UnidentifiedInstanceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Endpoint;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.ImagingStudy;
import org.hl7.fhir.r4.model.ImagingStudy.ImagingStudySeriesComponent;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.ServiceRequest;
import org.hl7.fhir.r4.model.Specimen;

/** Studies by their numbers, and a mapping that is just enough to publish. */
final class TestStudies {

    static final String MRN = "urn:oid:1.2.3.99";
    static final String STAFF = "urn:staff";
    static final String ORDERS = "urn:orders";
    static final String OWN = "https://gateway.example.org/id";
    static final String PATIENT_NAME = "Distinctive";

    private static final String ORDER = "urn:uuid:3c6c5a36-0000-5000-8000-000000000004";

    private TestStudies() {}

    static Uid uid(int study) {
        return new Uid("1.2.3." + study);
    }

    static String fhirId(int study) {
        return "study-1.2.3." + study;
    }

    /** An instance of series 1 of a study of patient 7. */
    static DataSet.Builder header(int study, int sop) {
        return header(study, sop, "P7");
    }

    static DataSet.Builder header(int study, int sop, String patient) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2")
                .add(Attribute.SOPInstanceUID, "1.2.3.0." + study + "." + sop)
                .add(Attribute.StudyInstanceUID, uid(study).value())
                .add(Attribute.SeriesInstanceUID, "1.2.3.1." + study)
                .add(Attribute.PatientID, patient)
                .add(Attribute.PatientName, PATIENT_NAME);
    }

    static Reception reception(DataSet.Builder header) {
        try {
            return new Reception(
                    Instance.of(header.build(), Optional.of("MODALITY")),
                    TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN.uid(),
                    null);
        } catch (UnidentifiedInstanceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static MappingResult map(Gathered gathered) {
        Study study = Study.of(gathered.instances());
        String patient = study.patient().merged().string(Attribute.PatientID).orElse("");
        if (patient.equals("TWO")) {
            return new Unmappable("names two patients", List.of());
        }
        if (patient.equals("LATE")) {
            return new Pending("for instances", List.of());
        }
        if (patient.equals("BUG")) {
            throw new IllegalStateException("cannot stand " + PATIENT_NAME);
        }
        Publishing publishing = Publishing.valueOf(
                study.header().merged().string(Attribute.StudyID).orElse("ALWAYS"));
        boolean listed = publishing == Publishing.ALWAYS;
        ImagingStudy imagingStudy = new ImagingStudy();
        imagingStudy.setId("study-" + study.uid());
        imagingStudy
                .addIdentifier()
                .setSystem("urn:dicom:uid")
                .setValue(study.uid().toOid());
        imagingStudy.addIdentifier().setSystem(OWN).setValue("study-" + study.uid());
        imagingStudy.setStatus(ImagingStudy.ImagingStudyStatus.AVAILABLE);
        study.header().merged().string(Attribute.StudyDescription).ifPresent(imagingStudy::setDescription);
        imagingStudy.setNumberOfInstances(study.numberOfInstances());
        for (Series series : listed ? study.series() : List.<Series>of()) {
            ImagingStudySeriesComponent component =
                    imagingStudy.addSeries().setUid(series.uid().value());
            series.instances().keySet().forEach(sop -> component.addInstance().setUid(sop.value()));
        }
        List<SharedResource> shared = new ArrayList<>();
        imagingStudy.setSubject(
                new Reference().setIdentifier(new Identifier().setSystem(MRN).setValue(patient)));
        if (!patient.startsWith("L")) {
            shared.add(patient(study, patient));
            imagingStudy.getSubject().setReference(shared.get(0).placeholder());
        }
        if (patient.startsWith("E") && listed) {
            shared.add(endpoint());
            imagingStudy.addEndpoint(new Reference(shared.get(1).placeholder()));
        }
        if (patient.startsWith("R")) {
            shared.add(reader());
            imagingStudy.addInterpreter(new Reference(shared.get(1).placeholder())
                    .setIdentifier(new Identifier().setSystem(STAFF).setValue("RD1")));
        }
        study.header().merged().string(Attribute.AccessionNumber).ifPresent(number -> {
            Identifier identifier = new Identifier().setSystem(ORDERS).setValue(number);
            Reference reference = new Reference(ORDER).setIdentifier(identifier);
            if (number.startsWith("SPECIMEN")) {
                imagingStudy.getSeriesFirstRep().addSpecimen(reference);
                shared.add(shared(new Specimen()
                        .addIdentifier(identifier)
                        .setSubject(imagingStudy.getSubject().copy())));
            } else {
                imagingStudy.addBasedOn(reference);
                ServiceRequest order = new ServiceRequest()
                        .addIdentifier(identifier)
                        .setSubject(imagingStudy.getSubject().copy());
                study.header()
                        .merged()
                        .string(Attribute.StudyDescription)
                        .ifPresent(d -> order.getCode().setText(d));
                shared.add(shared(order));
            }
        });
        return new Mapped(imagingStudy, shared, List.of(), publishing);
    }

    /** Of what an order identifies. */
    private static SharedResource shared(DomainResource resource) {
        Identifier identifier =
                (Identifier) resource.getNamedProperty("identifier").getValues().get(0);
        return new SharedResource(ORDER, resource, ORDERS, identifier.getValue(), false, Strategy.CREATE);
    }

    private static SharedResource patient(Study study, String id) {
        Patient patient = new Patient();
        patient.addIdentifier().setSystem(MRN).setValue(id);
        study.patient()
                .merged()
                .string(Attribute.PatientName)
                .ifPresent(n -> patient.addName().setFamily(n));
        return new SharedResource(
                "urn:uuid:3c6c5a36-0000-5000-8000-000000000001",
                patient,
                MRN,
                id,
                false,
                id.startsWith("R") ? Strategy.RESOLVE : Strategy.CREATE);
    }

    /** One that is only to be found. */
    private static SharedResource reader() {
        return new SharedResource(
                "urn:uuid:3c6c5a36-0000-5000-8000-000000000003",
                new Practitioner(),
                STAFF,
                "RD1",
                false,
                Strategy.RESOLVE);
    }

    private static SharedResource endpoint() {
        Endpoint endpoint = new Endpoint();
        endpoint.addIdentifier().setSystem(OWN).setValue("wado");
        endpoint.setAddress("https://pacs.example.org/dicom-web");
        return new SharedResource(
                "urn:uuid:3c6c5a36-0000-5000-8000-000000000002", endpoint, OWN, "wado", true, Strategy.CREATE);
    }
}
