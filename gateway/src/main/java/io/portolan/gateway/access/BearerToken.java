package io.portolan.gateway.access;

import java.util.regex.Pattern;

/** What a server wants to see of us (RFC 6750 2.1). Shown by nothing: its text is that of a header, and of no log. */
public final class BearerToken {

    /** RFC 6750 2.1, b64token. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private final String text;

    /**
     * A token as it came.
     *
     * @throws IllegalArgumentException when the text is no token; the message does not quote it
     */
    public BearerToken(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a bearer token");
        }
        this.text = text;
    }

    /** RFC 6750 2.1: the value of Authorization. */
    public String header() {
        return "Bearer " + text;
    }

    @Override
    public String toString() {
        return "a bearer token";
    }
}
