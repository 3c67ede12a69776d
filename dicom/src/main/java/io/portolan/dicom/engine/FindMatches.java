package io.portolan.dicom.engine;

import io.portolan.dicom.DataSet;
import java.io.IOException;

/** What becomes of the matches of a C-FIND (PS3.4 C.4.1), one after the other as they arrive. */
@FunctionalInterface
public interface FindMatches {

    /**
     * Takes one match. Must not use the association, which is busy.
     *
     * @param answer what the selection keeps of the identifier
     * @return whether more are wanted; if not, the query is cancelled and what still comes is dropped
     * @throws IOException or a runtime exception: the association is aborted, and the caller of the query gets it as it
     *     came
     */
    boolean match(DataSet answer) throws IOException;
}
