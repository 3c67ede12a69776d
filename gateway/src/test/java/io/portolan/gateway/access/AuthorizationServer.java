package io.portolan.gateway.access;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.DelegatingFilterProxy;

/**
 * A real authorization server (Spring's), on loopback. It knows one client by a secret, sent either way, and two by their
 * keys; it checks signature, algorithm, audience and expiry of an assertion.
 */
public final class AuthorizationServer implements AutoCloseable {

    public static final String SECRET = "s3cret%of+the client";
    public static final String SCOPE = "system/*.cruds";

    /** A request for a token, without what is secret in it but its assertion. */
    public record Asked(Map<String, String> form, Optional<String> authorization) {

        public SignedJWT assertion() throws ParseException {
            return SignedJWT.parse(form.get("client_assertion"));
        }
    }

    private final Server jetty;
    private final AnnotationConfigWebApplicationContext context;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    /**
     * Listens when it returns.
     *
     * @param life of a token
     * @param jwks where the keys of its clients are
     */
    public static AuthorizationServer start(Duration life, URI jwks) throws Exception {
        return new AuthorizationServer(life, jwks);
    }

    private AuthorizationServer(Duration life, URI jwks) throws Exception {
        RSAKey own = new RSAKeyGenerator(2048).keyID("of-the-server").generate();
        jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler("/");
        context = new AnnotationConfigWebApplicationContext();
        context.setServletContext(handler.getServletContext());
        context.register(Security.class);
        context.addBeanFactoryPostProcessor(beans -> {
            beans.registerSingleton("clients", clients(life, jwks));
            JWKSource<SecurityContext> keys = new ImmutableJWKSet<>(new JWKSet(own));
            beans.registerSingleton("keys", keys);
        });
        context.refresh();
        EnumSet<DispatcherType> requestsOnly = EnumSet.of(DispatcherType.REQUEST);
        handler.addFilter(new FilterHolder(counting()), "/*", requestsOnly);
        handler.addFilter(
                new FilterHolder(new DelegatingFilterProxy("springSecurityFilterChain", context)), "/*", requestsOnly);
        handler.addServlet(DefaultServlet.class, "/");
        jetty.setHandler(handler);
        jetty.start();
    }

    private Filter counting() {
        return (request, response, chain) -> {
            if (request instanceof jakarta.servlet.http.HttpServletRequest http
                    && http.getRequestURI().equals("/oauth2/token")) {
                requests.incrementAndGet();
                Map<String, String> form = http.getParameterMap().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                entry -> Arrays.stream(entry.getValue()).collect(Collectors.joining("|")),
                                (one, other) -> one,
                                TreeMap::new));
                asked.add(new Asked(form, Optional.ofNullable(http.getHeader("Authorization"))));
            }
            chain.doFilter(request, response);
        };
    }

    private static RegisteredClientRepository clients(Duration life, URI jwks) {
        return new InMemoryRegisteredClientRepository(
                client("secret", life)
                        .clientSecret("{noop}" + SECRET)
                        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                        .build(),
                ofKey("rsa", life, jwks, SignatureAlgorithm.RS384),
                ofKey("ec", life, jwks, SignatureAlgorithm.ES384));
    }

    private static RegisteredClient ofKey(String id, Duration life, URI jwks, SignatureAlgorithm algorithm) {
        return client(id, life)
                .clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
                .clientSettings(ClientSettings.builder()
                        .jwkSetUrl(jwks.toString())
                        .tokenEndpointAuthenticationSigningAlgorithm(algorithm)
                        .build())
                .build();
    }

    private static RegisteredClient.Builder client(String id, Duration life) {
        return RegisteredClient.withId(id)
                .clientId(id)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .scope(SCOPE)
                .tokenSettings(
                        TokenSettings.builder().accessTokenTimeToLive(life).build());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + ((ServerConnector) jetty.getConnectors()[0]).getLocalPort() + path);
    }

    public URI tokenUrl() {
        return uri("/oauth2/token");
    }

    /** The keys by which its tokens are known. */
    public URI jwks() {
        return uri("/oauth2/jwks");
    }

    /** Requests for a token so far, those in vain included. */
    public int requests() {
        return requests.get();
    }

    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        LifeCycle.stop(jetty);
        context.close();
    }

    /** What Spring wants to be told. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Security {

        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            OAuth2AuthorizationServerConfigurer server = OAuth2AuthorizationServerConfigurer.authorizationServer();
            return http.securityMatcher(server.getEndpointsMatcher())
                    .with(server, Customizer.withDefaults())
                    .csrf(csrf -> csrf.ignoringRequestMatchers(server.getEndpointsMatcher()))
                    .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .build();
        }

        @Bean
        AuthorizationServerSettings settings() {
            return AuthorizationServerSettings.builder().build();
        }
    }
}
