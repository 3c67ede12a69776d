package io.portolan.dicom.io;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.TransferSyntax;
import java.io.Closeable;
import java.io.IOException;

/** One instance that is being read from a stream: first its header, then, if wanted, a look at the rest. One thread. */
public interface HeaderReader extends Closeable {

    /** Group 0002 (PS3.10 7.1); empty where there is none. */
    DataSet fileMeta();

    /** What was declared, or agreed on; guessed where neither is so. */
    TransferSyntax transferSyntax();

    /**
     * The selected attributes. To be called once.
     *
     * @throws MalformedDataException says where and why; any other {@link IOException} is the stream's own
     */
    DataSet readHeader() throws IOException;

    /**
     * Moves over the rest of the data set, pixels included, without holding it. To be called once, after
     * {@link #readHeader()}.
     *
     * @throws MalformedDataException when the data set is cut off or its lengths do not fit
     */
    void verifyToEnd() throws IOException;
}
