package io.portolan.bench;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.DataSet;
import io.portolan.dicom.Element;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.Uid;
import io.portolan.dicom.Vr;
import io.portolan.dicom.io.DataSetWriter;
import io.portolan.testdata.SyntheticStudies;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * C-STORE-RQ messages (PS3.7 9.3.1) of synthetic CT instances, encoded as P-DATA-TF PDUs before any clock runs: each of a UID
 * and a header of its own. Pixels are held in as many copies as make up {@value #POOL_BYTES} bytes, so that they come from memory
 * as a scanner's do, not from a cache. Studies of {@value #STUDY_INSTANCES}.
 */
final class EncodedInstances {

    static final int PDU_LENGTH_BYTES = 128 * 1024;
    static final int CONTEXT_ID = 1;
    static final String SOP_CLASS = "1.2.840.10008.5.1.4.1.1.2";

    private static final int PIXEL_DATA = 0x7FE0_0010;
    private static final int STUDY_INSTANCES = 200;
    private static final int POOL_BYTES = 256 << 20;
    private static final int FRAGMENT_BYTES = PDU_LENGTH_BYTES - 6;
    private static final int COMMAND = 1;
    private static final int LAST = 2;

    final String name;
    private final int pixelBytes;
    private final int studies;
    private final List<ByteBuffer> heads = new ArrayList<>();
    private final List<Integer> headBytes = new ArrayList<>();
    private final Map<Tail, ByteBuffer> tails = new HashMap<>();

    /** The pixels behind a header of this length, of which there are copies. */
    private record Tail(int headBytes, int copy) {}

    /**
     * @param firstStudy its number; studies of other numbers are others
     * @param count of instances; rounded up to whole studies
     */
    EncodedInstances(String name, int pixelBytes, int firstStudy, int count) {
        this.name = name;
        this.pixelBytes = pixelBytes;
        this.studies = (count + STUDY_INSTANCES - 1) / STUDY_INSTANCES;
        for (int study = 0; study < studies; study++) {
            SyntheticStudies.ct(firstStudy + study, STUDY_INSTANCES).forEach(this::add);
        }
    }

    /** Whole studies, so that each has one sender: the instances of the association with this number, in order. */
    List<Integer> share(int association, int associations) {
        List<Integer> share = new ArrayList<>();
        for (int study = association; study < studies; study += associations) {
            for (int i = 0; i < STUDY_INSTANCES; i++) {
                share.add(study * STUDY_INSTANCES + i);
            }
        }
        return share;
    }

    /** All PDUs of a message; for the caller's own use. */
    ByteBuffer[] message(int instance) {
        return new ByteBuffer[] {
            heads.get(instance).duplicate(),
            Objects.requireNonNull(tails.get(tailOf(instance))).duplicate()
        };
    }

    private Tail tailOf(int instance) {
        return new Tail(headBytes.get(instance), instance % Math.max(1, POOL_BYTES / pixelBytes));
    }

    /** Of each data set; the headers of all have about the same. */
    long dataSetBytes() {
        return (long) pixelBytes + headBytes.get(0);
    }

    private void add(DataSet header) {
        byte[] head = head(header);
        headBytes.add(head.length);
        int total = head.length + pixelBytes;
        int inFirst = Math.min(total, FRAGMENT_BYTES);
        ByteArrayOutputStream pdus = new ByteArrayOutputStream();
        byte[] command = command(header.uid(Attribute.SOPInstanceUID).orElseThrow());
        pdus.writeBytes(pduHead(command.length, COMMAND | LAST));
        pdus.writeBytes(command);
        pdus.writeBytes(pduHead(inFirst, inFirst == total ? LAST : 0));
        pdus.writeBytes(head);
        ByteBuffer direct = ByteBuffer.allocateDirect(pdus.size());
        heads.add(direct.put(pdus.toByteArray()).flip());
        tails.computeIfAbsent(tailOf(heads.size() - 1), tail -> tail(inFirst - head.length));
    }

    /** The data set up to where the pixels begin: PixelData comes last, and last of its head is its length (PS3.5 7.1.2). */
    private byte[] head(DataSet header) {
        DataSet empty = DataSet.builder()
                .addAll(header)
                .add(Element.of(PIXEL_DATA, Vr.OW, new byte[0]))
                .build();
        byte[] head = DataSetWriter.toBytes(empty, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN);
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putInt(head.length - 4, pixelBytes);
        return head;
    }

    /** The pixels, of which so many belong into the first PDU. */
    private ByteBuffer tail(int inFirst) {
        ByteArrayOutputStream pdus = new ByteArrayOutputStream(pixelBytes + 4096);
        byte[] pixels = new byte[FRAGMENT_BYTES];
        pdus.write(pixels, 0, inFirst);
        for (int left = pixelBytes - inFirst; left > 0; ) {
            int fragment = Math.min(left, FRAGMENT_BYTES);
            left -= fragment;
            pdus.writeBytes(pduHead(fragment, left == 0 ? LAST : 0));
            pdus.write(pixels, 0, fragment);
        }
        return ByteBuffer.allocateDirect(pdus.size()).put(pdus.toByteArray()).flip();
    }

    // PS3.8 9.3.5: | 04 | 00 | PDU-length (4) | item-length (4) | context-ID (1) | message control header (1) |
    private static byte[] pduHead(int fragment, int control) {
        return ByteBuffer.allocate(12)
                .put((byte) 4)
                .put((byte) 0)
                .putInt(fragment + 6)
                .putInt(fragment + 2)
                .put((byte) CONTEXT_ID)
                .put((byte) control)
                .array();
    }

    // PS3.7 9.3.1.1
    private static byte[] command(Uid instance) {
        ByteBuffer command = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        command.position(12);
        put(command, 0x0002, padded(SOP_CLASS));
        put(command, 0x0100, new byte[] {1, 0});
        put(command, 0x0110, new byte[] {7, 0});
        put(command, 0x0700, new byte[] {0, 0});
        put(command, 0x0800, new byte[] {0, 0});
        put(command, 0x1000, padded(instance.value()));
        int end = command.position();
        command.position(0);
        put(command, 0x0000, new byte[4]);
        command.putInt(8, end - 12);
        byte[] bytes = new byte[end];
        command.get(0, bytes);
        return bytes;
    }

    private static void put(ByteBuffer command, int element, byte[] value) {
        command.putShort((short) 0)
                .putShort((short) element)
                .putInt(value.length)
                .put(value);
    }

    private static byte[] padded(String uid) {
        return (uid.length() % 2 == 0 ? uid : uid + '\0').getBytes(StandardCharsets.US_ASCII);
    }
}
