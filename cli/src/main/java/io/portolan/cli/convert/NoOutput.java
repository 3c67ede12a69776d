package io.portolan.cli.convert;

import io.portolan.dicom.Uid;
import io.portolan.mapping.MappingResult;
import io.portolan.mapping.MappingResult.Mapped;
import io.portolan.mapping.MappingResult.Mapped.Publishing;
import io.portolan.mapping.study.Gathered;
import java.util.Map;

/** Nowhere: to see what would be done. */
public final class NoOutput implements Output {

    @Override
    public Written take(Gathered gathered, MappingResult result) {
        boolean shared = result instanceof Mapped mapped && mapped.publishing() == Publishing.ALWAYS;
        return shared ? new Written(Rest.NONE, place()) : Written.NOTHING;
    }

    @Override
    public Map<Uid, String> finish() {
        return Map.of();
    }

    @Override
    public String place() {
        return "nowhere (dry run)";
    }

    @Override
    public void close() {
        // there is nothing
    }
}
