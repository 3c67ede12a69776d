package io.portolan.spark;

import io.portolan.dicom.Uid;
import io.portolan.gateway.convert.FileAccount;
import io.portolan.gateway.convert.FileRecord;
import io.portolan.gateway.convert.Outcome;
import io.portolan.mapping.study.Instance;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of one study as they come: instance by instance, of each the first by name first. Of an instance that is there
 * twice every distinct content is kept; of a copy what the report says of it, and no header. For one thread.
 */
final class StudyFiles {

    /** A file, and what is known of it so far. */
    static final class Seen {

        final byte[] order;
        final FileAccount account;
        /** Of the first file of each instance, until what became of it is known. */
        @Nullable
        Instance instance;

        Outcome outcome;

        private Seen(byte[] order, FileAccount account, @Nullable Instance instance) {
            this.order = order;
            this.account = account;
            this.instance = instance;
            this.outcome = account.outcome();
        }
    }

    final Uid study;
    final List<Seen> files = new ArrayList<>();
    final List<Instance> instances = new ArrayList<>();
    private final Set<Uid> series = new HashSet<>();
    private final Set<Instance> contents = new HashSet<>(); // of the instance that is coming
    private @Nullable Instance first;
    private String firstName = "";
    private int distinct;

    StudyFiles(Uid study) {
        this.study = study;
    }

    void add(byte[] order, FileRecord record) {
        Instance instance = record.instance().orElseThrow();
        FileAccount account = FileAccount.of(record.head());
        series.add(instance.series());
        Instance before = first;
        if (before == null || !before.instance().equals(instance.instance())) {
            first = instance;
            firstName = record.name();
            contents.clear();
            distinct++;
            files.add(new Seen(order, account, instance));
        } else {
            String why = FileAccount.duplicateOf(firstName, !before.equals(instance));
            files.add(new Seen(order, account.as(Outcome.DUPLICATE, why), null));
        }
        if (contents.add(instance)) {
            instances.add(instance);
        }
    }

    int numberOfSeries() {
        return series.size();
    }

    int numberOfInstances() {
        return distinct;
    }
}
