package io.portolan.cli.convert;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.TransactionBundle;
import io.portolan.mapping.study.Gathered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.hl7.fhir.r4.model.Bundle;

/**
 * One transaction Bundle a study, named by its UID. A file that says the same already is left as it is; that of a study of
 * which nothing is to be shared any more is deleted.
 */
public final class BundleOutput implements Output {

    private static final ThreadLocal<IParser> PARSER = ThreadLocal.withInitial(
            () -> FhirContext.forR4Cached().newJsonParser().setPrettyPrint(true));

    private final Path folder;
    private final ReadWriteLock closing = new ReentrantReadWriteLock(); // several write at once
    private boolean closed; // guarded by closing

    public BundleOutput(Path folder) {
        this.folder = folder;
    }

    @Override
    public Written take(Gathered gathered, MappingResult result) throws IOException {
        closing.readLock().lock();
        try {
            requireOpen();
            return write(gathered, result);
        } finally {
            closing.readLock().unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new CancellationException("broken off");
        }
    }

    private Written write(Gathered gathered, MappingResult result) throws IOException {
        Path file = folder.resolve(gathered.uid() + ".json");
        if (result instanceof Mapped mapped) {
            if (mapped.publishing() == Publishing.ALWAYS) {
                Bundle bundle = TransactionBundle.of(mapped);
                WholeFile.write(file, out -> {
                    PARSER.get().encodeResourceToWriter(bundle, out);
                    out.write('\n');
                });
                return new Written(Rest.NONE, file.toString());
            }
            if (Files.isRegularFile(file)) {
                Files.delete(file);
            }
        }
        return Written.NOTHING;
    }

    @Override
    public Map<Uid, String> finish() {
        closing.readLock().lock();
        try {
            requireOpen();
            return Map.of();
        } finally {
            closing.readLock().unlock();
        }
    }

    @Override
    public String place() {
        return folder.toString();
    }

    /** Waits for the studies that are being written: each file is whole, or not there. */
    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            closed = true;
        } finally {
            closing.writeLock().unlock();
        }
    }
}
