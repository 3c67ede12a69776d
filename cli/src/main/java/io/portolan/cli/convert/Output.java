package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.study.Gathered;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where studies go. */
public interface Output extends AutoCloseable {

    /** What is left to do of a study, by one thread, in the order of the UIDs. */
    interface Rest {

        /** Nothing. */
        Rest NONE = () -> {};

        void run() throws IOException;
    }

    /**
     * What became of it so far.
     *
     * @param rest to be run whatever {@code where} is
     * @param where for a person; null: nothing is to be had of the study
     */
    record Written(Rest rest, @Nullable String where) {

        static final Written NOTHING = new Written(Rest.NONE, null);
    }

    /** Before the first one, when the state of the run is this run's alone. */
    default void begin() throws IOException {}

    /**
     * Takes a study or a selection, whatever became of its mapping. By several threads at once.
     *
     * @throws IOException it cannot be written; the others can
     * @throws java.util.concurrent.CancellationException it was closed meanwhile: that is no fault of the study
     */
    Written take(Gathered gathered, MappingResult result) throws IOException;

    /**
     * After the last one.
     *
     * @return studies that did not get where they should, and why
     * @throws IOException nothing of the output is complete
     * @throws java.util.concurrent.CancellationException it was closed meanwhile
     */
    Map<Uid, String> finish() throws IOException, InterruptedException;

    /** For the summary: where it all is. */
    String place();

    /** Drops what is not finished. May be called at any time, by any thread, and more than once; nothing is written after it. */
    @Override
    void close() throws IOException;
}
