package io.portolan.dicom.net;

import static io.portolan.dicom.PageTables.heading;
import static io.portolan.dicom.PageTables.row;

import io.portolan.dicom.CharacterSet;
import io.portolan.dicom.PageTables;
import io.portolan.dicom.SopClass;
import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.TlsProfile;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateRj;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tables of the network in {@code docs/conformance.md} to the code. */
class ConformancePageTest {

    /** Numbers of ISO registrations in PS3.3 C.12.1.1.2, of single-byte and multi-byte sets. */
    private static final List<Integer> REGISTRATIONS =
            List.of(6, 13, 58, 87, 100, 101, 109, 110, 126, 127, 138, 144, 148, 149, 159, 166, 192, 203);

    @Test
    void holdsThePageToTheCode() throws IOException {
        PageTables.hold(
                "conformance.md",
                Map.of(
                        "implementation", implementation(),
                        "storage-classes", storageClasses(),
                        "transfer-syntaxes", transferSyntaxes(),
                        "rejections", rejections(),
                        "aborts", aborts(),
                        "tls-profiles", tlsProfiles(),
                        "character-sets", characterSets()));
    }

    private static String implementation() {
        return heading("what", "value")
                + row("Application Context Name", Negotiation.APPLICATION_CONTEXT)
                + row("Implementation Class UID", UserInformation.IMPLEMENTATION_CLASS_UID)
                + row("Implementation Version Name", UserInformation.IMPLEMENTATION_VERSION_NAME)
                + row("Maximum PDU length, default", NetworkLimits.DEFAULT.pduLengthMaxBytes() + " bytes");
    }

    private static String storageClasses() {
        StringBuilder table = new StringBuilder(heading("SOP class", "UID", ""));
        SopClass.allStorage().forEach(one -> table.append(row(one.name(), one.uid(), one.retired() ? "retired" : "")));
        return table.toString();
    }

    private static String transferSyntaxes() {
        StringBuilder table = new StringBuilder(heading("transfer syntax", "UID"));
        TransferSyntax.all().forEach(one -> table.append(row(one.name(), one.uid())));
        return table.toString();
    }

    private static String rejections() {
        return heading("rejection", "when")
                + row(AssociateRj.PROTOCOL_VERSION.words(), "the peer does not speak version 1 of the protocol")
                + row(AssociateRj.APPLICATION_CONTEXT.words(), "the application context is not that of DICOM")
                + row(AssociateRj.CALLED_AE.words(), "it calls an AE title that is not ours")
                + row(AssociateRj.CALLING_AE.words(), "its AE title, or its host, may not associate")
                + row(AssociateRj.LOCAL_LIMIT_EXCEEDED.words(), "as many associations as allowed are open");
    }

    private static String aborts() {
        return heading("abort", "when")
                + row(
                        new Abort(Abort.SERVICE_USER, 0).words(),
                        "a DIMSE message breaks PS3.7; silence; the gateway stops")
                + row(
                        new Abort(Abort.SERVICE_PROVIDER, Abort.UNRECOGNIZED_PDU).words(),
                        "a PDU of a type that PS3.8 has not")
                + row(
                        new Abort(Abort.SERVICE_PROVIDER, Abort.UNEXPECTED_PDU).words(),
                        "a PDU that PS3.8 table 9-10 does not foresee")
                + row(
                        new Abort(Abort.SERVICE_PROVIDER, Abort.UNEXPECTED_PDU_PARAMETER).words(),
                        "an item of A-ASSOCIATE that comes twice, or belongs into the other PDU")
                + row(
                        new Abort(Abort.SERVICE_PROVIDER, Abort.INVALID_PDU_PARAMETER_VALUE).words(),
                        "a PDU or an item that is too long, too short or contradicts itself");
    }

    private static String tlsProfiles() {
        StringBuilder table =
                new StringBuilder(heading("`dicom.tls-profile`", "versions", "cipher suites, the best first"));
        for (TlsProfile profile : TlsProfile.values()) {
            table.append(row(
                    "`" + profile.name().toLowerCase(Locale.ROOT).replace('_', '-') + "`",
                    String.join(", ", profile.protocols()),
                    String.join(", ", profile.cipherSuites())));
        }
        return table.toString();
    }

    /** Those of PS3.3 tables C.12-2 to C.12-5 that are read as the standard says. */
    private static String characterSets() {
        StringBuilder table = new StringBuilder(heading("defined term", "ISO registration"));
        Stream.concat(
                        Stream.of("ISO_IR ", "ISO 2022 IR ")
                                .flatMap(prefix -> REGISTRATIONS.stream().map(number -> prefix + number)),
                        Stream.of("GB18030", "GBK"))
                .filter(ConformancePageTest::isUnderstood)
                .forEach(term -> table.append(row(term, term.replaceFirst("^ISO(_| 2022 )IR ", "ISO-IR "))));
        return table.toString();
    }

    private static boolean isUnderstood(String term) {
        CharacterSet set = CharacterSet.of(List.of(term));
        return set.unknownTerms().isEmpty() && set.misspeltTerms().isEmpty();
    }
}
