package io.portolan.dicom.net;

import static io.portolan.dicom.net.ScriptedPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portolan.dicom.Certificates;
import io.portolan.dicom.Certificates.Issued;
import io.portolan.dicom.KeyFiles;
import io.portolan.dicom.engine.AssociationClient;
import io.portolan.dicom.engine.AssociationServer;
import io.portolan.dicom.engine.DicomNetworkException;
import io.portolan.dicom.engine.DicomNetworkException.Kind;
import io.portolan.dicom.engine.NetworkLimits;
import io.portolan.dicom.engine.RequestOptions;
import io.portolan.dicom.engine.ServerOptions;
import io.portolan.dicom.engine.ServerOptions.SecurePort;
import io.portolan.dicom.engine.Status;
import io.portolan.dicom.engine.Tls;
import io.portolan.dicom.engine.Tls.ClientCertificates;
import io.portolan.dicom.engine.TlsProfile;
import io.portolan.dicom.net.Pdu.Abort;
import io.portolan.dicom.net.Pdu.AssociateAc;
import io.portolan.dicom.net.Pdu.AssociateRq;
import io.portolan.dicom.net.Pdu.ProposedContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import nl.altindag.ssl.SSLFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that succeed, that fail and that never end, against peers of the JDK and of single bytes. */
@Timeout(60)
class TlsTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration ENOUGH = Duration.ofSeconds(20);

    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Certificates ca = new Certificates("Test CA");
    private final Issued us = ca.issue("us", KeyFiles.ec("secp256r1"));
    private final AtomicReference<SSLContext> context = new AtomicReference<>(us.context());
    private final ExecutorService others = Executors.newCachedThreadPool();

    private Tls tls = Tls.of(context::get);
    private NetworkLimits limits = NetworkLimits.DEFAULT;
    private @Nullable AssociationServer started;

    TlsTest() throws Exception {}

    @AfterEach
    void stop() {
        others.shutdownNow();
        if (started != null) {
            started.close();
        }
    }

    private int serve() throws IOException {
        ServerOptions options = ServerOptions.of("PORTOLAN", 0)
                .withPorts(Optional.of(LOOPBACK), Optional.of(new SecurePort(LOOPBACK, tls)))
                .withLimits(limits);
        started = new PortolanEngine().serve(options, (request, dataSet) -> Status.SUCCESS);
        return server().securePort().orElseThrow();
    }

    private AssociationServer server() {
        return Objects.requireNonNull(started);
    }

    private static SSLContext stranger(Certificates ca) {
        return SSLFactory.builder()
                .withTrustMaterial(List.of(ca.certificate()))
                .build()
                .getSslContext();
    }

    private static Status echo(String host, int port, Tls tls) throws IOException {
        RequestOptions options =
                RequestOptions.echo(host, port, "PORTOLAN", "TESTER").withTls(Optional.of(tls));
        try (AssociationClient association = new PortolanEngine().request(options)) {
            Status status = association.echo();
            association.release();
            return status;
        }
    }

    private static Status echo(int port, Tls tls) throws IOException {
        return echo("127.0.0.1", port, tls);
    }

    private static String refusal(String host, int port, Tls tls) {
        DicomNetworkException refusal = catchThrowableOfType(DicomNetworkException.class, () -> echo(host, port, tls));
        assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(Kind.NO_TLS);
        return String.valueOf(refusal.getMessage());
    }

    private static String refusal(int port, Tls tls) {
        return refusal("127.0.0.1", port, tls);
    }

    // ---- profiles (PS3.15 annex B)

    // spotless:off
    @ParameterizedTest
    @CsvSource({
        //                                          B.12   B.10   B.9    B.11
        "c02c, true,  true,  true,  true,  true",  // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        "c02b, true,  true,  true,  true,  true",  // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        "c030, false, true,  true,  true,  true",  // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        "c02f, false, true,  true,  true,  true",  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        "009f, false, false, true,  true,  true",  // TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
        "009e, false, false, true,  true,  true",  // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
        "002f, false, false, false, true,  false", // TLS_RSA_WITH_AES_128_CBC_SHA
        "0035, false, false, false, false, false", // TLS_RSA_WITH_AES_256_CBC_SHA
        "009c, false, false, false, false, false", // TLS_RSA_WITH_AES_128_GCM_SHA256
        "c009, true,  false, false, false, false", // TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
        "c013, false, false, false, false, false", // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
        "c027, false, false, false, false, false", // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
        "0033, false, false, false, false, false", // TLS_DHE_RSA_WITH_AES_128_CBC_SHA
        "0002, false, false, false, false, false", // TLS_RSA_WITH_NULL_SHA
        "003b, false, false, false, false, false", // TLS_RSA_WITH_NULL_SHA256
        "000a, false, false, false, false, false", // TLS_RSA_WITH_3DES_EDE_CBC_SHA
        "0005, false, false, false, false, false", // TLS_RSA_WITH_RC4_128_SHA
        "0034, false, false, false, false, false", // TLS_DH_anon_WITH_AES_128_CBC_SHA
    })
    // spotless:on
    void takesTheSuitesOfItsProfileOnly(
            String suite, boolean elliptic, boolean rfc9325, boolean nonDowngrading, boolean bcp195, boolean extended)
            throws Exception {
        Issued ours = elliptic ? us : ca.issue("us", KeyFiles.rsa());
        context.set(ours.context());
        byte[] hello = ClientHello.of(ClientHello.TLS_1_2, Integer.parseInt(suite, 16));
        for (TlsProfile profile : TlsProfile.values()) {
            tls = tls.withProfile(profile);
            boolean taken = switch (profile) {
                case BCP195_RFC9325 -> rfc9325;
                case NON_DOWNGRADING_BCP195 -> nonDowngrading;
                case BCP195 -> bcp195;
                case EXTENDED_BCP195 -> extended;
            };
            assertThat(ClientHello.answer(serve(), hello))
                    .as("%s", profile)
                    .isEqualTo(taken ? suite : "alert 40"); // handshake_failure
            server().close();
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProfile.class)
    void takesNoVersionBefore12(TlsProfile profile) throws Exception {
        context.set(ca.issue("us", KeyFiles.rsa()).context());
        tls = tls.withProfile(profile);
        int port = serve();
        for (int version : new int[] {ClientHello.TLS_1_0, ClientHello.TLS_1_1}) {
            assertThat(ClientHello.answer(port, ClientHello.of(version, 0x002f, 0xc02f, 0xc013)))
                    .as("version %x", version)
                    .isEqualTo("alert 70"); // protocol_version
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BCP195_RFC9325, TLSv1.3",
        "NON_DOWNGRADING_BCP195, TLSv1.3",
        "BCP195, TLSv1.3",
        "EXTENDED_BCP195, TLSv1.2"
    })
    void speaksTheNewestVersionOfItsProfile(TlsProfile profile, String version) throws Exception {
        tls = tls.withProfile(profile);
        try (SSLSocket peer = connect(serve())) {
            peer.startHandshake();
            assertThat(peer.getSession().getProtocol()).isEqualTo(version);
        }
        try (SSLSocket peer = connect(server().securePort().orElseThrow())) {
            peer.setEnabledProtocols(new String[] {"TLSv1.3"});
            assertThat(catchThrowableOfType(IOException.class, peer::startHandshake) == null)
                    .isEqualTo(version.equals("TLSv1.3"));
        }
    }

    @Test
    void offersTheSuitesOfItsProfileOnly() throws Exception {
        SSLContext rsa = ca.issue("peer", KeyFiles.rsa()).context();
        try (SSLServerSocket old = (SSLServerSocket)
                rsa.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            old.setEnabledProtocols(new String[] {"TLSv1.2"});
            old.setEnabledCipherSuites(new String[] {"TLS_RSA_WITH_AES_128_CBC_SHA"});
            for (TlsProfile profile : TlsProfile.values()) {
                Future<String> suite = others.submit(() -> {
                    try (SSLSocket one = (SSLSocket) old.accept()) {
                        return one.getSession().getCipherSuite();
                    }
                });
                DicomNetworkException end = catchThrowableOfType(
                        DicomNetworkException.class, () -> echo(old.getLocalPort(), tls.withProfile(profile)));
                boolean taken = profile == TlsProfile.BCP195;
                assertThat(suite.get(20, TimeUnit.SECONDS))
                        .as("%s", profile)
                        .isEqualTo(taken ? "TLS_RSA_WITH_AES_128_CBC_SHA" : "SSL_NULL_WITH_NULL_NULL");
                assertThat(end.kind()).isEqualTo(taken ? Kind.DISCONNECTED : Kind.NO_TLS);
                assertThat(taken
                                || String.valueOf(end.getMessage()).contains("it takes no cipher suite of our profile"))
                        .isTrue();
            }
        }
    }

    // ---- certificates

    @Test
    void wantsACertificateWhereItIsRequired() throws Exception {
        int port = serve();
        assertThat(echo(port, tls)).isEqualTo(Status.SUCCESS);
        assertThat(echo("localhost", port, tls)).isEqualTo(Status.SUCCESS);
        SSLContext anonymous = stranger(ca);
        assertThat(refusal(port, Tls.of(() -> anonymous))).contains("it refuses us");
        assertThat(refusal(port, Tls.of(() -> anonymous).withProfile(TlsProfile.EXTENDED_BCP195)))
                .contains("it refuses us");
        assertThat(server().totalAssociations()).isEqualTo(2);
    }

    @Test
    void takesACertificateOrNoneWhereItIsOptional() throws Exception {
        tls = tls.withClientCertificates(ClientCertificates.OPTIONAL);
        int port = serve();
        SSLContext anonymous = stranger(ca);
        assertThat(echo(port, Tls.of(() -> anonymous))).isEqualTo(Status.SUCCESS);
        assertThat(echo(port, tls)).isEqualTo(Status.SUCCESS);
        SSLContext ended =
                ca.issue("peer", Instant.now().minus(Duration.ofDays(1))).context();
        assertThat(refusal(port, Tls.of(() -> ended))).contains("does it know the CA of our certificate");
    }

    @Test
    void asksForNoCertificateWhereItIsToldSo() throws Exception {
        tls = tls.withClientCertificates(ClientCertificates.NONE);
        SSLContext wrong = another(new Certificates("Another CA").issue("us"));
        assertThat(echo(serve(), Tls.of(() -> wrong))).isEqualTo(Status.SUCCESS);
    }

    /** Shows a certificate of another CA, and trusts ours. */
    private SSLContext another(Issued issued) {
        return SSLFactory.builder()
                .withIdentityMaterial(issued.key(), new char[0], List.of(issued.certificate(), issued.ca()))
                .withTrustMaterial(List.of(ca.certificate()))
                .build()
                .getSslContext();
    }

    @Test
    void saysWhatIsWrongWithACertificate() throws Exception {
        int port = serve();
        Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        context.set(ca.issue("us", yesterday).context());
        Tls calling = Tls.of(us::context);
        assertThat(refusal(port, calling)).contains("its certificate has ended");
        context.set(ca.issue("us", Instant.now().plus(Duration.ofDays(20))).context());
        assertThat(refusal(port, calling)).contains("its certificate is not valid yet");
        context.set(new Certificates("Another CA").issue("us").context());
        assertThat(refusal(port, calling)).contains("our CA file has none of its CA");
        context.set(ca.issueFor("us", KeyPurposeId.id_kp_clientAuth).context());
        assertThat(refusal(port, calling)).contains("its extended key usage lacks TLS servers");
        Certificates unmarked = Certificates.unmarked("Unmarked CA");
        context.set(unmarked.issue("us").context());
        assertThat(refusal(port, Tls.of(unmarked.issue("peer")::context))).contains("not marked as that of a CA");
        context.set(us.context());
        SSLContext ended = ca.issue("peer", yesterday).context();
        assertThat(refusal(port, Tls.of(() -> ended))).contains("does it know the CA of our certificate");
    }

    @Test
    void verifiesTheHostUnlessToldNotTo() throws Exception {
        int port = serve();
        context.set(ca.issueFor("pacs.example.org").context());
        Tls calling = Tls.of(us::context);
        assertThat(refusal(port, calling)).contains("its certificate is not for the host that was called");
        assertThat(echo(port, calling.withVerifiesHost(false))).isEqualTo(Status.SUCCESS);
        context.set(new Certificates("Another CA").issueFor("pacs.example.org").context());
        assertThat(refusal(port, calling.withVerifiesHost(false))).contains("our CA file has none of its CA");
    }

    @Test
    void usesARenewedCertificateForTheNextAssociation() throws Exception {
        int port = serve();
        RequestOptions options =
                RequestOptions.echo("127.0.0.1", port, "PORTOLAN", "TESTER").withTls(Optional.of(Tls.of(us::context)));
        try (AssociationClient running = new PortolanEngine().request(options)) {
            assertThat(running.echo()).isEqualTo(Status.SUCCESS);
            Issued renewed = ca.issue("renewed", KeyFiles.ec("secp256r1"));
            context.set(renewed.context());
            try (SSLSocket peer = connect(port)) {
                peer.startHandshake();
                X509Certificate shown = (X509Certificate) peer.getSession().getPeerCertificates()[0];
                assertThat(shown).isEqualTo(renewed.certificate());
            }
            assertThat(running.echo()).isEqualTo(Status.SUCCESS);
            running.release();
        }
    }

    // ---- peers that do not speak TLS, or not to the end

    @Test
    void hangsUpOnAPeerThatStallsInTheHandshake() throws Exception {
        limits = limits.withTimeouts(ENOUGH, SHORT, ENOUGH, ENOUGH);
        int port = serve();
        byte[] half = ClientHello.of(ClientHello.TLS_1_2, 0xc02c);
        try (Socket silent = new Socket(LOOPBACK.getAddress(), port);
                Socket within = new Socket(LOOPBACK.getAddress(), port)) {
            within.getOutputStream().write(half, 0, 20);
            assertThat(echo(port, tls)).as("meanwhile").isEqualTo(Status.SUCCESS);
            for (Socket socket : List.of(silent, within)) {
                socket.setSoTimeout(20_000);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void givesUpAServerThatStallsInTheHandshake() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, LOOPBACK.getAddress())) {
            RequestOptions options = RequestOptions.echo("127.0.0.1", silent.getLocalPort(), "PORTOLAN", "TESTER")
                    .withLimits(limits.withTimeouts(SHORT, ENOUGH, ENOUGH, ENOUGH))
                    .withTls(Optional.of(tls));
            assertThatThrownBy(() -> new PortolanEngine().request(options))
                    .hasMessageContaining("no TLS handshake within 300 ms");
        }
    }

    @Test
    void stopsAtOnceWhilePeersStallInTheHandshake() throws Exception {
        int port = serve();
        try (Socket silent = new Socket(LOOPBACK.getAddress(), port);
                Socket within = new Socket(LOOPBACK.getAddress(), port)) {
            within.getOutputStream().write(ClientHello.of(ClientHello.TLS_1_2, 0xc02c));
            assertThat(within.getInputStream().read())
                    .as("a handshake is begun")
                    .isEqualTo(0x16);
            long start = System.nanoTime();
            server().stop(ENOUGH);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void refusesAPeerWithoutTlsAtThePortWithIt() throws Exception {
        try (ScriptedPeer peer = ScriptedPeer.connect(serve())) {
            peer.send(request());
            assertThat(peer.receiveType()).as("an alert of TLS").isEqualTo(0x15);
        }
        RequestOptions plain =
                RequestOptions.echo("127.0.0.1", server().securePort().orElseThrow(), "PORTOLAN", "TESTER");
        assertThatThrownBy(() -> new PortolanEngine().request(plain))
                .hasMessageContaining("the peer speaks TLS on a connection without");
    }

    @Test
    void refusesAPeerWithTlsAtThePortWithoutIt() throws Exception {
        serve();
        assertThat(refusal(server().port(), tls)).contains("it answers without TLS: is this its TLS port?");
        assertThat(echo(server().securePort().orElseThrow(), tls)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void abortsAPeerThatTricklesARecord() throws Exception {
        limits = limits.withTimeouts(ENOUGH, ENOUGH, ENOUGH, SHORT);
        try (TricklingTls peer = new TricklingTls(us.context(), serve())) {
            peer.write(PduWriter.bytes(request()));
            assertThat(peer.readPdu()[0]).isEqualTo((byte) AssociateAc.TYPE);
            Future<Void> trickle = others.submit(() -> peer.trickle(new byte[8_000], Duration.ofMillis(20)));
            assertThat(peer.readPdu()).isEqualTo(PduWriter.bytes(new Abort(0, 0)));
            assertThat(trickle).isNotDone();
        }
    }

    // ---- within an association

    @Test
    void takesANewKey() throws Exception {
        try (SSLSocket socket = connect(serve())) {
            ScriptedPeer peer = new ScriptedPeer(socket).send(request()).expectType(AssociateAc.TYPE);
            socket.startHandshake(); // of TLS 1.3: KeyUpdate, update_requested
            peer.sendValue(1, 3, CommandSet.echoRequest(1).bytes());
            assertThat(peer.expectCommand().status()).isEqualTo(Status.SUCCESS);
        }
    }

    // RFC 8446 5.1: 16 KB and what goes with them. The JDK takes 33 KB, and asks for buffers of that size from then on.
    @Test
    void hangsUpOnARequestInARecordThatIsTooLong() throws Exception {
        int[] suites = new int[8_400];
        Arrays.fill(suites, 0xc02c);
        byte[] hello = ClientHello.of(ClientHello.TLS_1_2, suites);
        try (Socket socket = new Socket(LOOPBACK.getAddress(), serve())) {
            socket.setSoTimeout((int) ENOUGH.toMillis());
            socket.getOutputStream().write(hello);
            while (socket.getInputStream().read() >= 0) {
                // an alert
            }
        }
        awaitNobodyInTls();
        assertThat(echo(server().securePort().orElseThrow(), Tls.of(us::context)))
                .isEqualTo(Status.SUCCESS);
    }

    @Test
    void hangsUpOnARecordThatIsTooLong() throws Exception {
        try (TricklingTls peer = new TricklingTls(us.context(), serve())) {
            peer.write(PduWriter.bytes(request()));
            assertThat(peer.readPdu()[0]).isEqualTo((byte) AssociateAc.TYPE);
            byte[] echo = ScriptedPeer.pData(1, 3, CommandSet.echoRequest(1).bytes());
            peer.write(echo, hex("17 03 03 4200"));
        }
        awaitNobodyInTls();
    }

    private static void awaitNobodyInTls() {
        long end = System.nanoTime() + ENOUGH.toNanos();
        while (Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().equals(TlsRecords.class.getName()))) {
            assertThat(System.nanoTime()).as("a thread goes round").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void doesNotRenegotiate() throws Exception {
        try (SSLSocket socket = connect(serve())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            ScriptedPeer peer = new ScriptedPeer(socket).send(request()).expectType(AssociateAc.TYPE);
            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        peer.sendValue(1, 3, CommandSet.echoRequest(1).bytes()).expectCommand();
                    })
                    .isInstanceOf(IOException.class) // close_notify, or a reset that overtakes it
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
        server().stop(ENOUGH);
        assertThat(server().openAssociations()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void saysThatItCloses(String version) throws Exception {
        int port = serve();
        SSLEngine engine = tls.requestor("127.0.0.1", port);
        engine.setEnabledProtocols(new String[] {version});
        try (Socket plain = new Socket(LOOPBACK.getAddress(), port);
                TlsSocket socket = TlsSocket.secure(plain, engine, ENOUGH)) {
            socket.setSoTimeout(20_000);
            InputStream in = socket.getInputStream();
            socket.getOutputStream()
                    .write(hex("05 00 00000004 00000000")); // AA-1: nobody releases before he associates
            assertThat(in.readNBytes(10)).isEqualTo(PduWriter.bytes(new Abort(0, 0)));
            socket.getOutputStream().write(PduWriter.bytes(new Abort(0, 0))); // AR-5
            assertThat(in.read()).isEqualTo(-1);
            assertThat(engine.isInboundDone()).as("close_notify came").isTrue();
        }
    }

    private SSLSocket connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket) us.context().getSocketFactory().createSocket(LOOPBACK.getAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static AssociateRq request() {
        return new AssociateRq(
                1,
                "PORTOLAN",
                "MODALITY",
                Negotiation.APPLICATION_CONTEXT,
                List.of(new ProposedContext(1, "1.2.840.10008.1.1", List.of("1.2.840.10008.1.2"))),
                UserInformation.ours(16384));
    }
}
