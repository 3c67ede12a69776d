package io.portolan.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.portolan.dicom.KeyFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with secrets: which are taken, what is said of the others, and what of them may be shown. */
class AccessFilesTest {

    @TempDir
    private Path folder;

    private Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    private static Access.Key key(Path file) {
        return new Access.Key(file, Optional.empty());
    }

    @Test
    void signsWithWhatSmartBackendServicesKnows() throws Exception {
        Path rsa = KeyFiles.write(folder.resolve("rsa"), KeyFiles.rsa().getPrivate());
        Path ec = KeyFiles.write(folder.resolve("ec"), KeyFiles.ec("secp384r1").getPrivate());
        Path jwk = file(
                "jwk", new ECKeyGenerator(Curve.P_384).keyID("own").generate().toJSONString());
        assertThat(ClientKey.read(key(rsa)).algorithm().getName()).isEqualTo("RS384");
        assertThat(ClientKey.read(key(ec)).algorithm().getName()).isEqualTo("ES384");
        assertThat(ClientKey.read(key(jwk)).id()).isEqualTo("own");
        assertThat(ClientKey.read(new Access.Key(jwk, Optional.of("given"))).id())
                .isEqualTo("given");
        assertThat(ClientKey.read(key(rsa)).id())
                .isEqualTo(
                        ClientKey.read(key(rsa)).publicJwk().computeThumbprint().toString());
        assertThat(ClientKey.read(key(rsa)).toString()).isEqualTo("a private key");
    }

    @Test
    void refusesOtherKeys() throws Exception {
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
        small.initialize(1024);
        KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Path ofRsa =
                KeyFiles.write(folder.resolve("small"), small.generateKeyPair().getPrivate());
        Path ofEc =
                KeyFiles.write(folder.resolve("p256"), KeyFiles.ec("secp256r1").getPrivate());
        Path publicOnly = file(
                "public",
                new ECKeyGenerator(Curve.P_384).generate().toPublicJWK().toJSONString());
        for (Path wrong : List.of(
                ofRsa,
                ofEc,
                publicOnly,
                KeyFiles.write(folder.resolve("ed"), edwards.getPrivate()),
                file("text", "distinctive"),
                file("broken", "-----BEGIN PRIVATE KEY-----\ndistinctive\n-----END PRIVATE KEY-----"),
                file("json", "{\"kty\":\"distinctive\"}"),
                file("empty", ""))) {
            assertThatThrownBy(() -> ClientKey.read(key(wrong)))
                    .isInstanceOf(AccessException.class)
                    .hasMessageStartingWith(wrong + " holds ")
                    .hasMessageContaining("an RSA key of 2048 bits or more, or an EC key on P-384")
                    .hasMessageNotContaining("distinctive")
                    .hasNoCause();
        }
    }

    @Test
    void showsThePublicHalvesAlone() throws Exception {
        Path rsa = KeyFiles.write(folder.resolve("rsa"), KeyFiles.rsa().getPrivate());
        Path ec = KeyFiles.write(folder.resolve("ec"), KeyFiles.ec("secp384r1").getPrivate());
        String shown = AccessFiles.jwks(List.of(Access.ofKey(rsa), Access.ofKey(ec), Access.ofKey(rsa), Access.NONE));
        JWKSet set = JWKSet.parse(shown);
        assertThat(set.getKeys()).hasSize(2).noneMatch(JWK::isPrivate);
        assertThat(set.getKeys())
                .extracting(one -> one.getAlgorithm().getName())
                .containsExactly("RS384", "ES384");
        assertThat(shown).doesNotContain("\"d\"", "\"p\"", "\"q\"");
        assertThat(AccessFiles.jwks(List.of(Access.NONE))).isEqualTo("{\"keys\":[]}");
    }

    @Test
    void readsAFileForEveryRequest() throws Exception {
        Path token = file("token", "first-token\n");
        FileCredentials credentials = FileCredentials.of(new Access.Token(token));
        assertThat(credentials.header()).hasValue("Bearer first-token");
        assertThat(credentials.isRenewedAfter("Bearer first-token")).isFalse();
        file("token", "second-token");
        assertThat(credentials.isRenewedAfter("Bearer first-token")).isTrue();
        assertThat(credentials.header()).hasValue("Bearer second-token");
        file("token", "");
        assertThat(credentials.header()).as("in the middle of being replaced").hasValue("Bearer second-token");
        assertThatThrownBy(() -> credentials.isRenewedAfter("Bearer second-token"))
                .hasMessageContaining("is empty");
        assertThatThrownBy(credentials::header).hasMessageContaining("is empty");
        file("token", "third-token");
        assertThat(credentials.header()).hasValue("Bearer third-token");
        assertThat(credentials.toString()).doesNotContain("third");
    }
}
