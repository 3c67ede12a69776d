package io.portolan.dicom.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.Retrieved;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.StoreRequest;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.dicom.net.Archive.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queries real archives and retrieves from them, after our own SCU has stored there. */
class ArchivePeersTest {

    private static final Uid CT = new Uid("1.2.840.10008.5.1.4.1.1.2");
    private static final TransferSyntax EXPLICIT = TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN;
    private static final TransferSyntax IMPLICIT = TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN;

    /** Study 1.2.3.1 has two series of two instances, study 1.2.3.2 one of one. */
    private static final List<DataSet> INSTANCES = List.of(
            instance("1.2.3.1", "1.2.3.1.1", 1),
            instance("1.2.3.1", "1.2.3.1.1", 2),
            instance("1.2.3.1", "1.2.3.1.2", 1),
            instance("1.2.3.1", "1.2.3.1.2", 2),
            instance("1.2.3.2", "1.2.3.2.1", 1));

    @TempDir
    Path folder;

    private final List<StoreRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<DataSet> received = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @EnumSource
    void findsStudiesSeriesAndInstances(Program program) throws Exception {
        try (Archive archive = Archive.start(program, folder, "STORE", 1)) {
            fill(archive);
            for (TransferSyntax syntax : List.of(EXPLICIT, IMPLICIT)) {
                try (AssociationClient client =
                        new PortolanEngine().request(archive.options().propose(SopClass.STUDY_ROOT_FIND, syntax))) {
                    assertThat(client.accepted(SopClass.STUDY_ROOT_FIND)).containsExactly(syntax);
                    assertThat(find(client, study("").add(Attribute.PatientName, "")))
                            .extracting(
                                    match -> match.strings(0x0008_0052).get(0),
                                    match -> match.string(Attribute.StudyInstanceUID)
                                            .orElseThrow(),
                                    match -> match.string(Attribute.PatientName).orElseThrow())
                            .containsExactlyInAnyOrder(
                                    org.assertj.core.groups.Tuple.tuple("STUDY", "1.2.3.1", "Näme^1.2.3.1"),
                                    org.assertj.core.groups.Tuple.tuple("STUDY", "1.2.3.2", "Näme^1.2.3.2"));
                    assertThat(find(client, study("1.2.3.1"))).hasSize(1);
                    assertThat(find(client, study("1.2.3.99"))).isEmpty();
                    assertThat(find(
                                    client,
                                    identifier("SERIES")
                                            .add(Attribute.StudyInstanceUID, "1.2.3.1")
                                            .add(Attribute.SeriesInstanceUID, "")))
                            .extracting(match ->
                                    match.string(Attribute.SeriesInstanceUID).orElseThrow())
                            .containsExactlyInAnyOrder("1.2.3.1.1", "1.2.3.1.2");
                    assertThat(find(
                                    client,
                                    identifier("IMAGE")
                                            .add(Attribute.StudyInstanceUID, "1.2.3.1")
                                            .add(Attribute.SeriesInstanceUID, "1.2.3.1.2")
                                            .add(Attribute.SOPInstanceUID, "")))
                            .extracting(match ->
                                    match.string(Attribute.SOPInstanceUID).orElseThrow())
                            .containsExactlyInAnyOrder("1.2.3.1.2.1", "1.2.3.1.2.2");
                    client.release();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterAQueryThatWasCancelled(Program program) throws Exception {
        try (Archive archive = Archive.start(program, folder, "STORE", 1)) {
            fill(archive);
            try (AssociationClient client =
                    new PortolanEngine().request(archive.options().propose(SopClass.STUDY_ROOT_FIND, EXPLICIT))) {
                DataSet all = study("").build();
                Status status =
                        client.find(SopClass.STUDY_ROOT_FIND, all, Selection.keysOf(all), ReadLimits.DEFAULT, match -> {
                            received.add(match);
                            return false;
                        });
                // whether the cancel comes in time is for the archive to say
                assertThat(status).isIn(Status.CANCEL, Status.SUCCESS);
                assertThat(received).hasSize(1);
                assertThat(find(client, study("1.2.3.1"))).hasSize(1);
                client.release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void getsAStudy(Program program) throws Exception {
        try (Archive archive = Archive.start(program, folder, "STORE", 1)) {
            fill(archive);
            try (AssociationClient client = new PortolanEngine()
                    .request(archive.options()
                            .propose(SopClass.STUDY_ROOT_GET, EXPLICIT)
                            .proposeAsScp(CT, EXPLICIT))) {
                assertThat(client.accepted(CT)).containsExactly(EXPLICIT);
                DataSet identifier = study("1.2.3.1").build();
                Retrieved retrieved = client.get(SopClass.STUDY_ROOT_GET, identifier, this::store);
                assertThat(retrieved).isEqualTo(new Retrieved(Status.SUCCESS, 4, 0, 0, 0));
                client.release();
            }
        }
        assertHasStudyOne();
        assertThat(requests)
                .allMatch(request -> request.callingAe().equals(Archive.AE_TITLE)
                        && request.calledAe().equals("PORTOLAN")
                        && request.moveOriginator().isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void countsWhatItCouldNotStore(Program program) throws Exception {
        try (Archive archive = Archive.start(program, folder, "STORE", 1)) {
            fill(archive);
            try (AssociationClient client = new PortolanEngine()
                    .request(archive.options()
                            .propose(SopClass.STUDY_ROOT_GET, EXPLICIT)
                            .proposeAsScp(CT, EXPLICIT))) {
                DataSet identifier = study("1.2.3.1").build();
                Retrieved retrieved =
                        client.get(SopClass.STUDY_ROOT_GET, identifier, (request, dataSet) -> Status.OUT_OF_RESOURCES);
                assertThat(retrieved.failed()).isEqualTo(4);
                assertThat(retrieved.completed()).isZero();
                assertThat(retrieved.status().isSuccess()).isFalse();
                client.release();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasAStudyMovedToOurOwnScp(Program program) throws Exception {
        try (AssociationServer server = new PortolanEngine().serve(ServerOptions.of("STORE", 0), this::store);
                Archive archive = Archive.start(program, folder, "STORE", server.port())) {
            fill(archive);
            try (AssociationClient client =
                    new PortolanEngine().request(archive.options().propose(SopClass.STUDY_ROOT_MOVE, EXPLICIT))) {
                DataSet identifier = study("1.2.3.1").build();
                Retrieved retrieved = client.move(SopClass.STUDY_ROOT_MOVE, identifier, "STORE");
                assertThat(retrieved).isEqualTo(new Retrieved(Status.SUCCESS, 4, 0, 0, 0));
                Retrieved nowhere = client.move(SopClass.STUDY_ROOT_MOVE, identifier, "NOBODY");
                assertThat(nowhere.status().isSuccess()).isFalse();
                assertThat(nowhere.completed()).isZero();
            }
        }
        assertHasStudyOne();
        assertThat(requests)
                .allMatch(request -> request.callingAe().equals(Archive.AE_TITLE)
                        && request.calledAe().equals("STORE")
                        && request.moveOriginator().equals(Optional.of("PORTOLAN")));
    }

    private void assertHasStudyOne() {
        assertThat(received)
                .extracting(
                        instance -> instance.string(Attribute.SOPInstanceUID).orElseThrow())
                .containsExactlyInAnyOrder("1.2.3.1.1.1", "1.2.3.1.1.2", "1.2.3.1.2.1", "1.2.3.1.2.2");
        assertThat(received)
                .allMatch(instance -> instance.string(Attribute.PatientName).equals(Optional.of("Näme^1.2.3.1")));
        assertThat(requests)
                .extracting(request -> request.sopInstance().value())
                .containsExactlyElementsOf(received.stream()
                        .map(instance ->
                                instance.string(Attribute.SOPInstanceUID).orElseThrow())
                        .toList());
    }

    private Status store(StoreRequest request, InputStream dataSet) throws IOException {
        requests.add(request);
        received.add(new PortolanEngine()
                .readDataSet(dataSet, request.transferSyntax(), Selection.MAPPED, ReadLimits.DEFAULT)
                .readHeader());
        return Status.SUCCESS;
    }

    private static List<DataSet> find(AssociationClient client, DataSet.Builder builder) throws IOException {
        List<DataSet> matches = new ArrayList<>();
        DataSet identifier = builder.build();
        Status status = client.find(
                SopClass.STUDY_ROOT_FIND, identifier, Selection.keysOf(identifier), ReadLimits.DEFAULT, matches::add);
        assertThat(status).isEqualTo(Status.SUCCESS);
        return matches;
    }

    private static DataSet.Builder identifier(String level) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Element.of(0x0008_0052, Vr.CS, level.getBytes(StandardCharsets.US_ASCII)));
    }

    private static DataSet.Builder study(String uid) {
        return identifier("STUDY").add(Attribute.StudyInstanceUID, uid);
    }

    private static void fill(Archive archive) throws IOException {
        try (AssociationClient client =
                new PortolanEngine().request(archive.options().propose(CT, EXPLICIT))) {
            for (DataSet instance : INSTANCES) {
                Uid uid = instance.uid(Attribute.SOPInstanceUID).orElseThrow();
                byte[] bytes = DataSetWriter.toBytes(instance, EXPLICIT);
                assertThat(client.store(CT, uid, EXPLICIT, new ByteArrayInputStream(bytes)))
                        .isEqualTo(Status.SUCCESS);
            }
            client.release();
        }
    }

    private static DataSet instance(String study, String series, int number) {
        return DataSet.builder(CharacterSet.UTF_8)
                .add(Attribute.SpecificCharacterSet, "ISO_IR 192")
                .add(Attribute.SOPClassUID, CT.value())
                .add(Attribute.SOPInstanceUID, series + "." + number)
                .add(Attribute.StudyDate, "20240229")
                .add(Attribute.StudyTime, "101112")
                .add(Attribute.AccessionNumber, "A" + study)
                .add(Attribute.Modality, "CT")
                .add(Attribute.PatientName, "Näme^" + study)
                .add(Attribute.PatientID, "ID-" + study)
                .add(Attribute.StudyInstanceUID, study)
                .add(Attribute.SeriesInstanceUID, series)
                .add(Attribute.StudyID, "1")
                .add(Attribute.SeriesNumber, "1")
                .add(Attribute.InstanceNumber, Integer.toString(number))
                .add(Element.of(0x0028_0010, Vr.US, new byte[] {4, 0}))
                .add(Element.of(0x0028_0011, Vr.US, new byte[] {4, 0}))
                .add(Element.of(0x7FE0_0010, Vr.OW, new byte[32]))
                .build();
    }
}
