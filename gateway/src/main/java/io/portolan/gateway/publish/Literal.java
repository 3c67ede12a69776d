package io.portolan.gateway.publish;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a literal reference to a resource of the same server says (FHIR R4 2.3.0.1), whatever its form: relative or
 * absolute, of a version or not.
 */
record Literal(String type, String id) {

    /** The id is that of FHIR R4, checked by {@link Answer#isId}. */
    private static final Pattern FORM = Pattern.compile("([A-Za-z]{1,64})/([^/]{1,64})(/_history/[^/]{1,64})?");

    /**
     * Of {@code Reference.reference}.
     *
     * @param server base URL, without a slash at its end
     * @return empty: it is none, or to something elsewhere, contained, or not there yet
     */
    static Optional<Literal> of(String reference, String server) {
        String relative = reference.startsWith(server + '/') ? reference.substring(server.length() + 1) : reference;
        Matcher form = FORM.matcher(relative);
        return form.matches() && Answer.isId(form.group(2))
                ? Optional.of(new Literal(form.group(1), form.group(2)))
                : Optional.empty();
    }
}
