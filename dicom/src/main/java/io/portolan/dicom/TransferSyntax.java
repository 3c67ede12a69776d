package io.portolan.dicom;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A transfer syntax (PS3.5 chapter 10 and annex A; PS3.6 table A-1): how a data set becomes bytes.
 *
 * <p>A gateway reads headers only, so it needs three facts of each: whether the value representation is written, the
 * byte order, and whether the data set is deflated as a whole. Everything that encapsulates pixels is Explicit VR Little
 * Endian for its header (PS3.5 A.4).
 *
 * @param name the UID name of PS3.6 table A-1
 */
public record TransferSyntax(
        Uid uid, String name, boolean explicitVr, boolean bigEndian, boolean deflated, boolean encapsulated) {

    private static final Map<Uid, TransferSyntax> TABLE = new LinkedHashMap<>();

    // PS3.6 table A-1.
    // spotless:off
    public static final TransferSyntax IMPLICIT_VR_LITTLE_ENDIAN = native_("1.2.840.10008.1.2",       "Implicit VR Little Endian",          false, false, false);
    public static final TransferSyntax EXPLICIT_VR_LITTLE_ENDIAN = native_("1.2.840.10008.1.2.1",     "Explicit VR Little Endian",          true,  false, false);
    public static final TransferSyntax DEFLATED_EXPLICIT_VR      = native_("1.2.840.10008.1.2.1.99",  "Deflated Explicit VR Little Endian", true,  false, true);
    public static final TransferSyntax EXPLICIT_VR_BIG_ENDIAN    = native_("1.2.840.10008.1.2.2",     "Explicit VR Big Endian",             true,  true,  false);

    static {
        encapsulated("1.2.840.10008.1.2.1.98",    "Encapsulated Uncompressed Explicit VR Little Endian");
        encapsulated("1.2.840.10008.1.2.4.50",    "JPEG Baseline (Process 1)");
        encapsulated("1.2.840.10008.1.2.4.51",    "JPEG Extended (Process 2 & 4)");
        encapsulated("1.2.840.10008.1.2.4.52",    "JPEG Extended (Process 3 & 5)");
        encapsulated("1.2.840.10008.1.2.4.53",    "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)");
        encapsulated("1.2.840.10008.1.2.4.54",    "JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)");
        encapsulated("1.2.840.10008.1.2.4.55",    "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)");
        encapsulated("1.2.840.10008.1.2.4.56",    "JPEG Full Progression, Non-Hierarchical (Process 11 & 13)");
        encapsulated("1.2.840.10008.1.2.4.57",    "JPEG Lossless, Non-Hierarchical (Process 14)");
        encapsulated("1.2.840.10008.1.2.4.58",    "JPEG Lossless, Non-Hierarchical (Process 15)");
        encapsulated("1.2.840.10008.1.2.4.59",    "JPEG Extended, Hierarchical (Process 16 & 18)");
        encapsulated("1.2.840.10008.1.2.4.60",    "JPEG Extended, Hierarchical (Process 17 & 19)");
        encapsulated("1.2.840.10008.1.2.4.61",    "JPEG Spectral Selection, Hierarchical (Process 20 & 22)");
        encapsulated("1.2.840.10008.1.2.4.62",    "JPEG Spectral Selection, Hierarchical (Process 21 & 23)");
        encapsulated("1.2.840.10008.1.2.4.63",    "JPEG Full Progression, Hierarchical (Process 24 & 26)");
        encapsulated("1.2.840.10008.1.2.4.64",    "JPEG Full Progression, Hierarchical (Process 25 & 27)");
        encapsulated("1.2.840.10008.1.2.4.65",    "JPEG Lossless, Hierarchical (Process 28)");
        encapsulated("1.2.840.10008.1.2.4.66",    "JPEG Lossless, Hierarchical (Process 29)");
        encapsulated("1.2.840.10008.1.2.4.70",    "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])");
        encapsulated("1.2.840.10008.1.2.4.80",    "JPEG-LS Lossless Image Compression");
        encapsulated("1.2.840.10008.1.2.4.81",    "JPEG-LS Lossy (Near-Lossless) Image Compression");
        encapsulated("1.2.840.10008.1.2.4.90",    "JPEG 2000 Image Compression (Lossless Only)");
        encapsulated("1.2.840.10008.1.2.4.91",    "JPEG 2000 Image Compression");
        encapsulated("1.2.840.10008.1.2.4.92",    "JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)");
        encapsulated("1.2.840.10008.1.2.4.93",    "JPEG 2000 Part 2 Multi-component Image Compression");
        encapsulated("1.2.840.10008.1.2.4.94",    "JPIP Referenced");
        encapsulated("1.2.840.10008.1.2.4.100",   "MPEG2 Main Profile / Main Level");
        encapsulated("1.2.840.10008.1.2.4.100.1", "Fragmentable MPEG2 Main Profile / Main Level");
        encapsulated("1.2.840.10008.1.2.4.101",   "MPEG2 Main Profile / High Level");
        encapsulated("1.2.840.10008.1.2.4.101.1", "Fragmentable MPEG2 Main Profile / High Level");
        encapsulated("1.2.840.10008.1.2.4.102",   "MPEG-4 AVC/H.264 High Profile / Level 4.1");
        encapsulated("1.2.840.10008.1.2.4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1");
        encapsulated("1.2.840.10008.1.2.4.103",   "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1");
        encapsulated("1.2.840.10008.1.2.4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1");
        encapsulated("1.2.840.10008.1.2.4.104",   "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video");
        encapsulated("1.2.840.10008.1.2.4.104.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video");
        encapsulated("1.2.840.10008.1.2.4.105",   "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video");
        encapsulated("1.2.840.10008.1.2.4.105.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video");
        encapsulated("1.2.840.10008.1.2.4.106",   "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2");
        encapsulated("1.2.840.10008.1.2.4.106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2");
        encapsulated("1.2.840.10008.1.2.4.107",   "HEVC/H.265 Main Profile / Level 5.1");
        encapsulated("1.2.840.10008.1.2.4.108",   "HEVC/H.265 Main 10 Profile / Level 5.1");
        encapsulated("1.2.840.10008.1.2.4.110",   "JPEG XL Lossless");
        encapsulated("1.2.840.10008.1.2.4.111",   "JPEG XL JPEG Recompression");
        encapsulated("1.2.840.10008.1.2.4.112",   "JPEG XL");
        encapsulated("1.2.840.10008.1.2.4.201",   "High-Throughput JPEG 2000 Image Compression (Lossless Only)");
        encapsulated("1.2.840.10008.1.2.4.202",   "High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)");
        encapsulated("1.2.840.10008.1.2.4.203",   "High-Throughput JPEG 2000 Image Compression");
        encapsulated("1.2.840.10008.1.2.4.204",   "JPIP HTJ2K Referenced");
        put(new TransferSyntax(new Uid("1.2.840.10008.1.2.4.95"),  "JPIP Referenced Deflate",       true, false, true, true));
        put(new TransferSyntax(new Uid("1.2.840.10008.1.2.4.205"), "JPIP HTJ2K Referenced Deflate", true, false, true, true));
        encapsulated("1.2.840.10008.1.2.5",       "RLE Lossless");
        encapsulated("1.2.840.10008.1.2.8.1",     "Deflated Image Frame Compression");
    }
    // spotless:on

    /** The table row for a UID; a UID that it lacks is treated as Explicit VR Little Endian with encapsulated pixels. */
    public static TransferSyntax of(Uid uid) {
        return find(uid).orElseGet(() -> new TransferSyntax(uid, "Unknown " + uid, true, false, false, true));
    }

    /** The table row for a UID, if the table has one. */
    public static Optional<TransferSyntax> find(Uid uid) {
        return Optional.ofNullable(TABLE.get(uid));
    }

    /** Every transfer syntax of the table, in its order. */
    public static Collection<TransferSyntax> all() {
        return Collections.unmodifiableCollection(TABLE.values());
    }

    private static TransferSyntax native_(
            String uid, String name, boolean explicitVr, boolean bigEndian, boolean deflated) {
        return put(new TransferSyntax(new Uid(uid), name, explicitVr, bigEndian, deflated, false));
    }

    private static void encapsulated(String uid, String name) {
        put(new TransferSyntax(new Uid(uid), name, true, false, false, true));
    }

    private static TransferSyntax put(TransferSyntax syntax) {
        TABLE.put(syntax.uid, syntax);
        return syntax;
    }
}
