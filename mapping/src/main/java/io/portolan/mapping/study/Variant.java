package io.portolan.mapping.study;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;

/**
 * One distinct header at one level, and who carries it.
 *
 * @param instances how many instances carry it, at least 1
 * @param smallest the smallest SOPInstanceUID of them, which decides between equals
 */
public record Variant(DataSet header, int instances, Uid smallest) {

    public Variant {
        if (instances < 1) {
            throw new IllegalArgumentException("a variant that no instance carries");
        }
    }
}
