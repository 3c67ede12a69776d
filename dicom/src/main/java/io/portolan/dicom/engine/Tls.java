package io.portolan.dicom.engine;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How associations are secured by TLS (PS3.15 annex B).
 *
 * @param context our certificate and whom we trust, asked for each association, so that what was renewed is used by the next one
 * @param profile versions and cipher suites
 * @param clientCertificates as SCP: whether a peer has to show a certificate
 * @param verifiesHost as SCU: whether the certificate of the peer must be for the host that was called (RFC 6125)
 */
public record Tls(
        Supplier<SSLContext> context, TlsProfile profile, ClientCertificates clientCertificates, boolean verifiesHost) {

    /** Whether a peer that calls us has to show a certificate; one that it shows must be trusted in any case. */
    public enum ClientCertificates {
        REQUIRED,
        OPTIONAL,
        NONE
    }

    /** The safe defaults: of the profiles the one that is not retired, certificates on both sides, host names verified. */
    public static Tls of(Supplier<SSLContext> context) {
        return new Tls(context, TlsProfile.BCP195_RFC9325, ClientCertificates.REQUIRED, true);
    }

    public Tls withProfile(TlsProfile newProfile) {
        return new Tls(context, newProfile, clientCertificates, verifiesHost);
    }

    public Tls withClientCertificates(ClientCertificates policy) {
        return new Tls(context, profile, policy, verifiesHost);
    }

    public Tls withVerifiesHost(boolean verifies) {
        return new Tls(context, profile, clientCertificates, verifies);
    }

    /** For an association that a peer requests. */
    public SSLEngine acceptor() {
        SSLEngine engine = context.get().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        parameters.setUseCipherSuitesOrder(true);
        switch (clientCertificates) {
            case REQUIRED -> parameters.setNeedClientAuth(true);
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case NONE -> parameters.setNeedClientAuth(false);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** For an association that this side requests of a peer. */
    public SSLEngine requestor(String host, int port) {
        SSLEngine engine = context.get().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        if (verifiesHost) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // which is RFC 6125 in the JDK
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLParameters parameters(SSLEngine engine) {
        List<String> supported = Arrays.asList(engine.getSupportedCipherSuites());
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(profile.protocols().toArray(String[]::new));
        parameters.setCipherSuites(
                profile.cipherSuites().stream().filter(supported::contains).toArray(String[]::new));
        return parameters;
    }
}
