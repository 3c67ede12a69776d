package io.portolan.gateway.ledger;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.SopReference;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The instances of a request for storage commitment with what is known of each, as they stand in a row: gzip of
 *
 * <pre>
 *   ReferencedSOPClassUID ReferencedSOPInstanceUID {@link Custody}
 *   ...
 * </pre>
 *
 * @param custody in the order of the request
 */
record CommitmentInstances(Map<SopReference, Custody> custody) {

    CommitmentInstances {
        custody = new LinkedHashMap<>(custody); // keeps the order
    }

    static CommitmentInstances undecided(Collection<SopReference> instances) {
        Map<SopReference, Custody> custody = new LinkedHashMap<>();
        instances.forEach(instance -> custody.put(instance, Custody.UNDECIDED));
        return new CommitmentInstances(custody);
    }

    static CommitmentInstances read(byte[] zipped) {
        Map<SopReference, Custody> custody = new LinkedHashMap<>();
        Publications.unzip(zipped).lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            custody.put(new SopReference(new Uid(words[0]), new Uid(words[1])), Custody.valueOf(words[2]));
        });
        return new CommitmentInstances(custody);
    }

    byte[] bytes() {
        return Publications.zip(custody.entrySet().stream()
                .map(one -> one.getKey().sopClass() + " " + one.getKey().sopInstance() + " " + one.getValue() + "\n")
                .collect(Collectors.joining()));
    }

    boolean areThose(Collection<SopReference> instances) {
        return custody.keySet().equals(Set.copyOf(instances));
    }
}
