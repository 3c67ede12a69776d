package io.portolan.gateway.commit;

import io.portolan.dicom.Uid;
import io.portolan.dicom.engine.SopReference;
import io.portolan.gateway.ledger.Commitment;
import io.portolan.gateway.ledger.Commitments;
import io.portolan.gateway.ledger.Custody;
import io.portolan.gateway.ledger.Holding;
import io.portolan.gateway.ledger.Holding.HeldFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether an instance is kept safely: what the ledger says of it, and whether its files are there.
 *
 * <pre>
 *   the ledger has none                                  NO_SUCH_OBJECT_INSTANCE
 *   it has one of another SOP class                      CLASS_INSTANCE_CONFLICT
 *   a file waits for the PACS, and is dropped then       UNDECIDED
 *   a file is not there, or empty                        NO_SUCH_OBJECT_INSTANCE
 *   its files are all there                              COMMITTED
 *   they are in the folder of another gateway            ELSEWHERE: that one says it
 *   no file, and a PACS has confirmed it                 COMMITTED
 *   no file                                              NO_SUCH_OBJECT_INSTANCE
 * </pre>
 *
 * @param root the storage directory
 * @param drops whether what a PACS has confirmed is dropped here
 */
record SafeKeeping(Commitments commitments, Path root, boolean drops) {

    /**
     * The same with everything decided that can be; and everything when it is overdue. Before it is decided as a whole, what was
     * decided before is looked at again, since files go: only where nothing can be said now, here, does it stand.
     */
    Commitment decide(Commitment commitment) {
        Map<SopReference, Custody> custody = new LinkedHashMap<>(commitment.custody());
        Set<SopReference> open = custody.entrySet().stream()
                .filter(one -> one.getValue().isOpen())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        look(custody, open::contains, commitment.overdue());
        if (custody.values().stream().noneMatch(Custody::isOpen)) {
            look(custody, instance -> !open.contains(instance), commitment.overdue());
        }
        return commitment.with(custody);
    }

    private void look(Map<SopReference, Custody> custody, Predicate<SopReference> which, boolean overdue) {
        List<Uid> asked = custody.keySet().stream()
                .filter(which)
                .map(SopReference::sopInstance)
                .toList();
        if (asked.isEmpty()) {
            return;
        }
        Map<Uid, List<Holding>> holdings = commitments.holdings(asked);
        boolean isRootThere = Files.isDirectory(root.resolve("incoming"));
        custody.replaceAll((instance, known) -> {
            if (!which.test(instance)) {
                return known;
            }
            Custody now = isRootThere ? of(instance, holdings.getOrDefault(instance.sopInstance(), List.of())) : known;
            Custody decided = now.isOpen() && !known.isOpen() ? known : now;
            return decided.isOpen() && overdue ? Custody.PROCESSING_FAILURE : decided;
        });
    }

    /** Of an instance that is in several studies, the best that can be said of any. */
    private Custody of(SopReference instance, List<Holding> holdings) {
        Set<Custody> all = EnumSet.noneOf(Custody.class);
        holdings.forEach(holding -> all.add(of(instance, holding)));
        return List.of(Custody.COMMITTED, Custody.ELSEWHERE, Custody.UNDECIDED, Custody.CLASS_INSTANCE_CONFLICT)
                .stream()
                .filter(all::contains)
                .findFirst()
                .orElse(Custody.NO_SUCH_OBJECT_INSTANCE);
    }

    private Custody of(SopReference instance, Holding holding) {
        if (holding.sopClass().filter(one -> !one.equals(instance.sopClass())).isPresent()) {
            return Custody.CLASS_INSTANCE_CONFLICT;
        }
        if (drops && holding.files().stream().anyMatch(HeldFile::forward)) {
            return Custody.UNDECIDED;
        }
        if (holding.files().isEmpty()) {
            return holding.confirmed() ? Custody.COMMITTED : Custody.NO_SUCH_OBJECT_INSTANCE;
        }
        List<HeldFile> ours = holding.files().stream().filter(HeldFile::ours).toList();
        return ours.isEmpty() ? Custody.ELSEWHERE : of(ours);
    }

    private Custody of(List<HeldFile> files) {
        try {
            for (HeldFile file : files) {
                BasicFileAttributes attributes = Files.readAttributes(
                        root.resolve(file.path()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!attributes.isRegularFile() || attributes.size() == 0) {
                    return Custody.NO_SUCH_OBJECT_INSTANCE;
                }
            }
            return Custody.COMMITTED;
        } catch (NoSuchFileException e) {
            return Custody.NO_SUCH_OBJECT_INSTANCE;
        } catch (IOException e) { // the disk may answer later
            return Custody.UNDECIDED;
        }
    }
}
