package io.portolan.mapping;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Level;
import io.portolan.dicom.Tag;
import java.util.Optional;

/**
 * An attribute that a site names, whether or not the tables read it.
 *
 * @param level where it is kept; that of the tables where they read it
 */
public record SourceTag(int tag, Level level) {

    public static final SourceTag STUDY_DESCRIPTION = new SourceTag(Attribute.StudyDescription.tag(), Level.STUDY);

    /** @throws IllegalArgumentException when it cannot be had at the level */
    public SourceTag {
        Optional<Attribute> read = Attribute.find(tag);
        if (level == Level.NESTED || read.isPresent() && !read.get().isAt(level)) {
            throw new IllegalArgumentException(Tag.format(tag) + " is not kept at level " + level);
        }
        if (Integer.compareUnsigned(tag, Tag.PIXEL_DATA) >= 0 || Tag.group(tag) < 8) {
            throw new IllegalArgumentException(Tag.format(tag) + " is no attribute of a header");
        }
    }

    /** Whether nobody would keep it if the site had not named it. */
    public boolean isExtra() {
        return Attribute.find(tag).isEmpty();
    }
}
