package io.portolan.bench;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Instances of one synthetic CT study with pixels of a given size, dealt out to the associations; in memory for our own
 * sender, and the same as files for others.
 */
record Instances(String name, int count, long bytes, List<List<Outgoing>> shares, List<Path> folders) {

    private static final int PIXEL_DATA = 0x7FE0_0010;

    /** One to send: a class rather than a record, because it holds an array. */
    static final class Outgoing {

        final Uid sopClass;
        final Uid sopInstance;
        private final byte[] dataSet;

        Outgoing(Uid sopClass, Uid sopInstance, byte[] dataSet) {
            this.sopClass = sopClass;
            this.sopInstance = sopInstance;
            this.dataSet = dataSet;
        }

        InputStream open() {
            return new ByteArrayInputStream(dataSet);
        }
    }

    static Instances make(Path root, String name, int count, int pixelBytes, int associations) throws IOException {
        List<List<Outgoing>> shares = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        for (int a = 0; a < associations; a++) {
            shares.add(new ArrayList<>());
            folders.add(Files.createDirectories(root.resolve(name + "-" + associations + "-" + a)));
        }
        byte[] pixels = new byte[pixelBytes];
        long bytes = 0;
        List<DataSet> headers = SyntheticStudies.ct(200, count);
        for (int i = 0; i < count; i++) {
            DataSet instance = DataSet.builder()
                    .addAll(headers.get(i))
                    .add(Element.of(PIXEL_DATA, Vr.OW, pixels))
                    .build();
            byte[] dataSet = DataSetWriter.toBytes(instance, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
            shares.get(i % associations)
                    .add(new Outgoing(
                            instance.uid(Attribute.SOPClassUID).orElseThrow(),
                            instance.uid(Attribute.SOPInstanceUID).orElseThrow(),
                            dataSet));
            Files.write(folders.get(i % associations).resolve(i + ".dcm"), SyntheticStudies.toFile(instance));
            bytes += dataSet.length;
        }
        return new Instances(name, count, bytes, shares, folders);
    }

    int associations() {
        return shares.size();
    }
}
