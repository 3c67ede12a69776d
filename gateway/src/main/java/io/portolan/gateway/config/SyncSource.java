package io.portolan.gateway.config;

import io.portolan.gateway.access.Access;
import io.portolan.gateway.sync.DimseOptions.Retrieve;
import io.portolan.gateway.sync.Timing;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * An archive to be kept in step with.
 *
 * @param timing when it is asked by itself; empty: only when somebody says so
 * @param jitter by up to so long each run begins later, so that not all begin at once
 * @param aeTitle whom its instances count as sent by; empty: nobody
 * @param recent studies of so long ago are compared in every run
 * @param lastUpdated whether that is when the archive changed them, instead of their StudyDate
 * @param compareAll so long after everything was compared it is compared again
 * @param answerMax studies of one answer; what has more is asked for in pieces
 * @param serverMax studies of one answer that the archive itself does not exceed, without saying so; 0: not known
 * @param parallel requests at once
 * @param requestsPerSecond 0: as many as there are
 * @param removalMaxPercent the share of its studies that a run may take back
 * @param timeout of one answer
 */
public record SyncSource(
        Connection connection,
        Optional<Timing> timing,
        Duration jitter,
        Optional<String> aeTitle,
        Duration recent,
        boolean lastUpdated,
        Duration compareAll,
        int answerMax,
        int serverMax,
        int parallel,
        int requestsPerSecond,
        int removalMaxPercent,
        Duration timeout) {

    /** How it is asked. */
    public sealed interface Connection {

        /** What stands behind the name, to be shown; it may change, an archive is known by its name. */
        String place();
    }

    /** QIDO-RS and WADO-RS (PS3.18). */
    public record DicomWeb(URI url, Access access, boolean retrieveUrls) implements Connection {

        @Override
        public String place() {
            return "dicomweb " + url;
        }
    }

    /** C-FIND, C-GET and C-MOVE (PS3.4 annex C). */
    public record Dimse(String calledAe, String host, int port, boolean tls, Retrieve retrieve) implements Connection {

        @Override
        public String place() {
            return "dimse " + calledAe + "@" + host + ":" + port;
        }
    }

    /** Files of a folder and of those in it. */
    public record Folder(Path path) implements Connection {

        @Override
        public String place() {
            return "folder " + path.toAbsolutePath().normalize();
        }
    }
}
