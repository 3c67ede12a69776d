package io.portolan.mapping.study;

import io.portolan.dicom.Uid;
import java.util.List;

/**
 * That a gathered study is not shared as such, but what a key object points out in it.
 *
 * @param uid {@link KeyObject#selectionUid}
 * @param documents the copies of the document that are there, in any order; none: it has been replaced since
 */
public record Selection(Uid uid, List<Instance> documents) {

    public Selection {
        documents = List.copyOf(documents);
    }
}
