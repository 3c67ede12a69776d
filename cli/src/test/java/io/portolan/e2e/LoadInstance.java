package io.portolan.e2e;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A synthetic CT instance by its numbers, so that a load of many is held as numbers; one patient has every
 * {@value #PATIENTS}th study.
 *
 * @param number differs from that of every other instance of the study
 */
public record LoadInstance(int study, int series, int number, int pixelBytes) {

    private static final String ROOT = "2.25.7114";
    private static final int PATIENTS = 16;
    private static final int PIXEL_DATA = 0x7FE0_0010;
    private static final DataSet TEMPLATE = SyntheticStudies.ct(1, 1).get(0);
    static final Uid SOP_CLASS = TEMPLATE.uid(Attribute.SOPClassUID).orElseThrow();

    public String studyUid() {
        return ROOT + "." + study;
    }

    String seriesUid() {
        return studyUid() + "." + series;
    }

    String sopUid() {
        return seriesUid() + "." + number;
    }

    String patientId() {
        return "LOAD-" + study % PATIENTS;
    }

    byte[] toBytes() {
        return DataSetWriter.toBytes(
                header().add(Element.of(PIXEL_DATA, Vr.OW, new byte[pixelBytes]))
                        .build(),
                TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
    }

    /** The same, without ever holding it. */
    InputStream stream() {
        byte[] header = DataSetWriter.toBytes(header().build(), TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        ByteBuffer pixelData = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        pixelData.putShort((short) 0x7FE0).putShort((short) 0x0010);
        pixelData.put((byte) 'O').put((byte) 'W').putShort((short) 0).putInt(pixelBytes);
        return new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(header), new ByteArrayInputStream(pixelData.array()), new Zeros(pixelBytes))));
    }

    private static final class Zeros extends InputStream {

        private int left;

        Zeros(int count) {
            this.left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = Math.min(length, left);
            Arrays.fill(target, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }

    /** All but the pixels. */
    public DataSet.Builder header() {
        return DataSet.builder()
                .addAll(TEMPLATE.where(tag -> tag != PIXEL_DATA))
                .add(Attribute.StudyInstanceUID, studyUid())
                .add(Attribute.SeriesInstanceUID, seriesUid())
                .add(Attribute.SOPInstanceUID, sopUid())
                .add(Attribute.PatientID, patientId())
                .add(Attribute.AccessionNumber, "LOAD" + study)
                .add(Attribute.StudyID, Integer.toString(study))
                .add(Attribute.SeriesNumber, Integer.toString(series))
                .add(Attribute.InstanceNumber, Integer.toString(number));
    }
}
