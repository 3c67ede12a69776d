package io.portolan.gateway.forward;

import io.portolan.dicom.Tag;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.RequestOptions.Proposal;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.ledger.WaitingFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file to send: what its File Meta Information (PS3.10 7.1) says, and where its data set begins. Its data set goes out as it
 * came in, byte for byte.
 *
 * @param dataSetPosition offset in bytes, behind preamble and File Meta Information
 */
record Outgoing(
        WaitingFile file, Path path, Uid sopClass, TransferSyntax transferSyntax, long dataSetPosition, long bytes) {

    private static final int BUFFER_BYTES = 256 * 1024;

    /**
     * Looks into a file.
     *
     * @throws MalformedDataException it is not what was kept
     */
    static Outgoing of(WaitingFile file, Path root) throws IOException {
        Path path = root.resolve(file.path());
        try (DicomReader reader = DicomReader.open(path, Selection.MAPPED, ReadLimits.DEFAULT)) {
            Uid sopClass = reader.fileMeta().strings(Tag.MEDIA_STORAGE_SOP_CLASS_UID).stream()
                    .findFirst()
                    .flatMap(Uid::parse)
                    .orElseThrow(() -> new MalformedDataException(
                            MalformedDataException.Kind.INVALID, 0, "", "(0002,0002) is missing or no UID"));
            long position = reader.dataSetPosition();
            return new Outgoing(file, path, sopClass, reader.transferSyntax(), position, Files.size(path) - position);
        }
    }

    /** The presentation context that it needs. */
    Proposal proposal() {
        return new Proposal(sopClass, List.of(transferSyntax));
    }

    /** The data set, from its first byte. */
    InputStream openDataSet() throws IOException {
        InputStream in = Files.newInputStream(path);
        try {
            in.skipNBytes(dataSetPosition);
        } catch (IOException e) {
            in.close();
            throw e;
        }
        return new BufferedInputStream(in, BUFFER_BYTES);
    }
}
