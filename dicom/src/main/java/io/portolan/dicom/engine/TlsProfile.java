package io.portolan.dicom.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A secure transport connection profile of PS3.15 annex B: which versions of TLS and which cipher suites are spoken, in the order
 * in which the server prefers them. What a profile names and the JDK lacks is not offered.
 *
 * <p>TLS 1.0 and 1.1 are spoken by none: BCP 195 forbids them since RFC 8996. PS3.15 B.13 (Modified BCP 195 RFC 8996, 9325) is
 * missing since it wants suites with AES-CCM of every server, and the JDK has none.
 */
public enum TlsProfile {

    /** PS3.15 B.12, BCP 195 with RFC 8996 and RFC 9325: TLS 1.3, and of TLS 1.2 what RFC 9325 4.2 recommends. */
    BCP195_RFC9325(true, false, false),

    /** PS3.15 B.10, retired: beside that the suites with DHE of RFC 7525 4.2. */
    NON_DOWNGRADING_BCP195(true, true, false),

    /** PS3.15 B.9, retired: beside that the suite of the AES profile (B.3), for peers that have nothing better. */
    BCP195(true, true, true),

    /** PS3.15 B.11, retired: TLS 1.2 with six suites and nothing else. */
    EXTENDED_BCP195(false, true, false);

    private static final List<String> OF_TLS_1_3 =
            List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

    private static final List<String> ECDHE = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final List<String> DHE =
            List.of("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final String OF_AES_PROFILE = "TLS_RSA_WITH_AES_128_CBC_SHA";

    private final boolean tls13;
    private final boolean dhe;
    private final boolean aesProfile;

    TlsProfile(boolean tls13, boolean dhe, boolean aesProfile) {
        this.tls13 = tls13;
        this.dhe = dhe;
        this.aesProfile = aesProfile;
    }

    /** By the names of the JDK, the newest first. */
    public List<String> protocols() {
        return tls13 ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.2");
    }

    /** By the names of IANA, the best first. */
    public List<String> cipherSuites() {
        List<String> suites = new ArrayList<>();
        if (tls13) {
            suites.addAll(OF_TLS_1_3);
        }
        suites.addAll(ECDHE);
        if (dhe) {
            suites.addAll(DHE);
        }
        if (aesProfile) {
            suites.add(OF_AES_PROFILE);
        }
        return List.copyOf(suites);
    }
}
