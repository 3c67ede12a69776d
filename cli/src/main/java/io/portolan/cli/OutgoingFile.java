package io.portolan.cli;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file to send: what a C-STORE-RQ has to say of it, and where its data set begins.
 *
 * @param dataSetPosition offset in bytes, behind preamble and File Meta Information
 */
record OutgoingFile(Path path, Uid sopClass, Uid sopInstance, TransferSyntax transferSyntax, long dataSetPosition) {

    /**
     * Looks into a file.
     *
     * @throws MalformedDataException when it is not DICOM, is cut off, or does not say what instance it is
     */
    static OutgoingFile of(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            DicomReader reader = DicomReader.open(in, Selection.MAPPED, ReadLimits.DEFAULT);
            DataSet header = reader.readHeader();
            Uid sopClass = reader.sopClassUid(header).orElseThrow(() -> unnamed("SOPClassUID"));
            Uid sopInstance = reader.sopInstanceUid(header).orElseThrow(() -> unnamed("SOPInstanceUID"));
            return new OutgoingFile(path, sopClass, sopInstance, reader.transferSyntax(), reader.dataSetPosition());
        }
    }

    private static MalformedDataException unnamed(String attribute) {
        return new MalformedDataException(
                MalformedDataException.Kind.INVALID, 0, "", attribute + " is missing or no UID");
    }

    /** The data set as it stands in the file, from its first byte. */
    InputStream openDataSet() throws IOException {
        InputStream in = Files.newInputStream(path);
        in.skipNBytes(dataSetPosition);
        return new BufferedInputStream(in, 256 * 1024);
    }
}
