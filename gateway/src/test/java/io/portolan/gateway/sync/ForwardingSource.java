package io.portolan.gateway.sync;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** Another source, but for what is said otherwise. */
class ForwardingSource implements Source {

    private final Source other;

    ForwardingSource(Source other) {
        this.other = other;
    }

    @Override
    public Listing studies(StudyQuery query) throws SourceException, InterruptedException {
        return other.studies(query);
    }

    @Override
    public List<ListedSeries> series(Uid study) throws SourceException, InterruptedException {
        return other.series(study);
    }

    @Override
    public void headers(Uid study, Collection<Uid> series, Consumer<DataSet> sink)
            throws SourceException, InterruptedException {
        other.headers(study, series, sink);
    }

    @Override
    public void close() {}
}
