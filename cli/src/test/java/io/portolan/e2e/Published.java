package io.portolan.e2e;

import io.portolan.gateway.publish.FakeFhirServer;
import java.util.IntSummaryStatistics;
import java.util.Locale;

/** How often the studies were written. */
record Published(long studies, long publications, int versionsMax, double versionsMean) {

    static Published on(FakeFhirServer server) {
        IntSummaryStatistics versions = server.all("ImagingStudy").stream()
                .mapToInt(study ->
                        server.versions("ImagingStudy/" + study.path("id").asText()))
                .summaryStatistics();
        return new Published(versions.getCount(), versions.getSum(), versions.getMax(), versions.getAverage());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d studies, %d publications, versions of a study: at most %d, mean %.1f",
                studies,
                publications,
                versionsMax,
                versionsMean);
    }
}
