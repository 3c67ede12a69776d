package io.portolan.gateway.access;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of an access looked at without the server: whether they can be used, and what of them may be shown. */
public final class AccessFiles {

    private interface Check {
        void read() throws AccessException;
    }

    private AccessFiles() {}

    /** What is wrong with which file, by the name of the option. A certificate that has ended is not wrong: it may be renewed. */
    public static Map<String, String> problems(Access access) {
        Map<String, String> problems = new LinkedHashMap<>();
        Access.Login login = access.login();
        if (login instanceof Access.Token token) {
            check(problems, "token-file", () -> SecretFile.token(token.file()));
        }
        if (login instanceof Access.Basic basic) {
            check(problems, "password-file", () -> SecretFile.password(basic.passwordFile()));
        }
        if (login instanceof Access.OAuth oauth && oauth.proof() instanceof Access.Secret secret) {
            check(problems, "client-secret-file", () -> SecretFile.password(secret.file()));
        }
        if (login instanceof Access.OAuth oauth && oauth.proof() instanceof Access.Key key) {
            check(problems, "client-key-file", () -> ClientKey.read(key));
        }
        problems.putAll(problems(access.tls()));
        access.proxy()
                .flatMap(Access.Proxy::login)
                .ifPresent(proxy ->
                        check(problems, "proxy-password-file", () -> SecretFile.password(proxy.passwordFile())));
        return problems;
    }

    /** The same of TLS alone. */
    public static Map<String, String> problems(Access.Tls tls) {
        Map<String, String> problems = new LinkedHashMap<>();
        Optional<Path> none = Optional.empty();
        check(
                problems,
                "tls-certificate-file",
                () -> TlsFiles.read(new Access.Tls(tls.certificate(), tls.key(), tls.password(), none)));
        check(problems, "tls-ca-file", () -> TlsFiles.read(new Access.Tls(none, none, none, tls.ca())));
        return problems;
    }

    /** What is wrong with a file that is to hold a password, alone on its line. */
    public static Optional<String> problemOfPassword(Path file) {
        Map<String, String> problems = new LinkedHashMap<>();
        check(problems, "", () -> SecretFile.password(file));
        return Optional.ofNullable(problems.get(""));
    }

    private static void check(Map<String, String> problems, String option, Check check) {
        try {
            check.read();
        } catch (AccessException e) {
            problems.put(option, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Our public keys as a JWK Set (RFC 7517 5), each once: what the administrator of an authorization server registers.
     *
     * @throws AccessException a key cannot be read; says which
     */
    public static String jwks(Collection<Access> all) throws AccessException {
        Map<String, JWK> keys = new LinkedHashMap<>();
        for (Access access : all) {
            if (access.login() instanceof Access.OAuth oauth && oauth.proof() instanceof Access.Key key) {
                JWK jwk = ClientKey.read(key).publicJwk();
                keys.put(jwk.getKeyID(), jwk);
            }
        }
        return new JWKSet(List.copyOf(keys.values())).toString(true);
    }
}
