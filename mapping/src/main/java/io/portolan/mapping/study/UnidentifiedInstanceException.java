package io.portolan.mapping.study;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Tag;

/** An instance without one of the UIDs by which everything is found (all of type 1 in PS3.3). Nothing can be made of it. */
public final class UnidentifiedInstanceException extends Exception {

    private static final long serialVersionUID = 1;

    private final Attribute attribute;

    UnidentifiedInstanceException(Attribute attribute, boolean present) {
        super(attribute + " " + Tag.format(attribute.tag()) + (present ? " is not a UID" : " is missing"));
        this.attribute = attribute;
    }

    public Attribute attribute() {
        return attribute;
    }
}
