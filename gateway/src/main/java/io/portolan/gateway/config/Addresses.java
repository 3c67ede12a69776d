package io.portolan.gateway.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of value that name a place on a network, a database or a system of identifiers. */
final class Addresses {

    private static final Pattern HOST = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]*");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%[0-9A-Za-z]+)?");
    private static final Pattern CREDENTIALS = Pattern.compile("^[^/]*//[^/]*@.*");
    private static final Pattern OID = Pattern.compile("[0-2](\\.(0|[1-9][0-9]*))+");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final Pattern POSTGRES =
            Pattern.compile("jdbc:postgresql://[0-9A-Za-z\\[\\]:._,-]+/[0-9A-Za-z._%-]+(?:\\?(.*))?");
    private static final List<String> POSTGRES_PARAMETERS =
            List.of("currentSchema", "sslcert", "sslkey", "sslmode", "sslrootcert", "targetServerType");

    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    private Addresses() {}

    /** An address in numbers, of which no name server is asked. */
    static boolean isLiteral(String text) {
        return IPV6.matcher(text).matches()
                || (IPV4.matcher(text).matches()
                        && Arrays.stream(text.split("\\.")).allMatch(part -> Integer.parseInt(part) <= 255));
    }

    /** Where to listen. A name is not resolved here: the answer may differ by the time of binding. */
    static Kind.Scalar<String> bind() {
        return new Kind.Scalar<>("an address or host name without port, such as 127.0.0.1, 0.0.0.0 or ::", text -> {
            if (!HOST.matcher(text).matches() && !IPV6.matcher(text).matches()) {
                throw new Kind.Wrong();
            }
            if (NUMBERS.matcher(text).matches() && !isLiteral(text)) {
                throw new Kind.Wrong();
            }
            return text;
        });
    }

    /** A base URL; slashes at its end are dropped, so that a path can be put behind it. */
    static Kind.Scalar<URI> baseUrl(String example) {
        return new Kind.Scalar<>("an http or https URL without query, such as " + example, text -> {
            URI url = httpUrl(text);
            String trimmed = text.replaceAll("/+$", "");
            return trimmed.length() == text.length() ? url : URI.create(trimmed);
        });
    }

    /** RFC 6749 3.2: it may have a query, and slashes at its end are its own. */
    static Kind.Scalar<URI> tokenUrl() {
        return new Kind.Scalar<>("an http or https URL, such as https://login.example.org/oauth2/token", text -> {
            int query = text.indexOf('?');
            httpUrl(query < 0 ? text : text.substring(0, query));
            return parseUri(text);
        });
    }

    /** An HTTP proxy: it is spoken to in plain HTTP, whatever goes through it. */
    static Kind.Scalar<URI> proxy() {
        return new Kind.Scalar<>("http://HOST:PORT, such as http://proxy:3128", text -> {
            URI url = httpUrl(text);
            if (!"http".equalsIgnoreCase(url.getScheme()) || !url.getRawPath().matches("/?")) {
                throw new Kind.Wrong();
            }
            return url;
        });
    }

    /** FHIR R4 Endpoint.address of the DICOM connection types: no slash at its end, no query. */
    static Kind.Scalar<URI> endpointAddress() {
        String example = "https://pacs.example.org/dicom-web";
        return new Kind.Scalar<>("an http or https URL without query, such as " + example, text -> {
            URI url = httpUrl(text);
            if (text.endsWith("/")) {
                throw new Kind.Wrong("has a slash at its end");
            }
            return url;
        });
    }

    private static URI httpUrl(String text) {
        if (CREDENTIALS.matcher(text).matches()) {
            throw new Kind.Wrong("has a user or password in it, which logs and resources would show");
        }
        URI url = parseUri(text);
        String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new Kind.Wrong();
        }
        if (url.getHost() == null) {
            throw new Kind.Wrong("its host is missing or has a character that no host name has, such as _");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new Kind.Wrong("has a query or fragment (? or #)");
        }
        if (url.getPort() == 0 || url.getPort() > 65535) {
            throw new Kind.Wrong("its port is not from 1 to 65535");
        }
        return url;
    }

    /** FHIR R4 Identifier.system: absolute; {@code urn:oid:} and {@code urn:uuid:} as FHIR R4 datatypes oid and uuid. */
    static Kind.Scalar<URI> system() {
        return new Kind.Scalar<>("an absolute URI, such as urn:oid:1.2.3 or https://hospital.example.org/ids", text -> {
            if (OID.matcher(text).matches()) {
                throw new Kind.Wrong("an OID is written urn:oid:" + text);
            }
            URI uri = parseUri(text);
            boolean malformed = (text.startsWith("urn:oid:")
                            && !OID.matcher(text.substring(8)).matches())
                    || (text.startsWith("urn:uuid:")
                            && !UUID.matcher(text.substring(9)).matches());
            if (!uri.isAbsolute() || malformed) {
                throw new Kind.Wrong();
            }
            return uri;
        });
    }

    private static URI parseUri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new Kind.Wrong();
        }
    }

    /**
     * Where the ledger is. Parameters are refused but for a few: some of the others would make acknowledged instances volatile,
     * or hold a password.
     */
    static Kind.Scalar<String> ledgerUrl() {
        return new Kind.Scalar<>(
                "jdbc:sqlite: and a file, such as jdbc:sqlite:data/ledger.db, or jdbc:postgresql://HOST/DATABASE",
                text -> {
                    if (text.startsWith(POSTGRESQL)) {
                        requirePostgres(text);
                        return text;
                    }
                    if (!text.startsWith(SQLITE)) {
                        throw new Kind.Wrong("only SQLite and PostgreSQL are supported");
                    }
                    String file = text.substring(SQLITE.length());
                    if (file.startsWith(":memory:") || file.isBlank()) {
                        throw new Kind.Wrong("a ledger that is not in a file would forget what was acknowledged");
                    }
                    if (file.startsWith("file:") || file.contains("?")) {
                        throw new Kind.Wrong("parameters are not supported");
                    }
                    return SQLITE + Kinds.parsePath(file);
                });
    }

    private static void requirePostgres(String url) {
        Matcher parts = POSTGRES.matcher(url);
        if (!parts.matches()) {
            throw new Kind.Wrong("it has no host, no database, or a user in it (see ledger.user)");
        }
        String parameters = parts.group(1) == null ? "" : parts.group(1);
        for (String parameter : parameters.isEmpty() ? new String[0] : parameters.split("&", -1)) {
            String name = parameter.replaceFirst("=.*", "");
            if (!POSTGRES_PARAMETERS.contains(name)) {
                throw new Kind.Wrong("it has a parameter other than " + String.join(", ", POSTGRES_PARAMETERS));
            }
        }
    }
}
