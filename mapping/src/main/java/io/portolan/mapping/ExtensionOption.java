package io.portolan.mapping;

/**
 * An attribute that a site maps into an extension.
 *
 * @param url absolute URI of the extension
 */
public record ExtensionOption(String url, SourceTag source, ValueType type) {

    /** What {@code Extension.value} is. */
    public enum ValueType {
        STRING,
        CODE,
        DECIMAL,
        INTEGER,
        DATE,
        CODING
    }

    /** @throws IllegalArgumentException when the URL is not absolute */
    public ExtensionOption {
        if (!IssuerRules.isAbsoluteUri(url)) {
            throw new IllegalArgumentException("extensions: an absolute URI, not " + url);
        }
    }
}
