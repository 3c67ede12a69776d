package io.portolan.gateway.receive;

import java.nio.file.Path;
import java.util.List;

/**
 * How much must be free before an instance is taken.
 *
 * @param directories on the disks that count: the storage and the ledger
 * @param minBytes of each disk
 */
public record FreeSpace(List<Path> directories, long minBytes) {

    public FreeSpace {
        directories = List.copyOf(directories);
    }

    boolean isEnough() {
        return directories.stream().allMatch(d -> d.toFile().getUsableSpace() >= minBytes);
    }
}
