package io.portolan.mapping;

import io.portolan.dicom.Vr;

/**
 * An attribute that a site maps into an extension.
 *
 * @param url absolute URI of the extension
 */
public record ExtensionOption(String url, SourceTag source, ValueType type) {

    /** What {@code Extension.value} is. */
    public enum ValueType {
        STRING(Vr.LO),
        CODE(Vr.CS),
        DECIMAL(Vr.DS),
        INTEGER(Vr.IS),
        DATE(Vr.DA),
        CODING(Vr.SQ);

        private final Vr vr;

        ValueType(Vr vr) {
            this.vr = vr;
        }

        /** What an attribute of this type is read in where the data set does not say. */
        Vr vr() {
            return vr;
        }
    }

    /** @throws IllegalArgumentException when the URL is not absolute */
    public ExtensionOption {
        if (!IssuerRules.isAbsoluteUri(url)) {
            throw new IllegalArgumentException("extensions: an absolute URI, not " + url);
        }
    }
}
