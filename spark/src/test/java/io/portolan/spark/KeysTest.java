package io.portolan.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.portolan.dicom.Uid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeysTest {

    private static final ByteKeys ORDER = new ByteKeys();

    private static byte[] instance(String study, String instance, long file) {
        return ReadKey.instance(new Uid(study), new Uid(instance), ReadKey.order(file, 0));
    }

    private static void keepsTheOrderOf(List<byte[]> keys) {
        List<byte[]> shuffled = new ArrayList<>(keys);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.sort(ORDER);
        assertThat(shuffled).containsExactlyElementsOf(keys);
    }

    @Test
    void bringsAStudyTogetherInstanceByInstanceInTheOrderOfTheFiles() {
        keepsTheOrderOf(List.of(
                ReadKey.document(ReadKey.order(Long.MAX_VALUE, 1)),
                instance("1.2", "1.2.9", 300),
                instance("1.2", "1.2.9", 1L << 40),
                instance("1.2", "1.2.91", 1),
                instance("1.2.1", "1.1", 0),
                instance("1.20", "1.1", 0),
                ReadKey.other(ReadKey.order(0, 0)),
                ReadKey.other(ReadKey.order(0, 1 << 20))));
    }

    @Test
    void saysOfAKeyWhatItIsOf() {
        byte[] order = ReadKey.order(123_456_789_012L, 42);
        byte[] key = ReadKey.instance(new Uid("1.2.3"), new Uid("1.2.3.4"), order);
        assertThat(ReadKey.isInstance(key)).isTrue();
        assertThat(ReadKey.study(key)).isEqualTo(new Uid("1.2.3"));
        assertThat(ReadKey.orderOf(key)).isEqualTo(order);
        assertThat(ReadKey.isDocument(ReadKey.document(order))).isTrue();
        assertThat(ReadKey.isInstance(ReadKey.other(order))).isFalse();
    }

    @Test
    void putsAllOfAStudyIntoOnePartitionAndDocumentsAloneIntoTheFirst() {
        ReadKey.ByStudy partitioner = new ReadKey.ByStudy(8);
        Set<Integer> used = new HashSet<>();
        for (int study = 0; study < 500; study++) {
            String uid = "2.25.7113." + study;
            int partition = partitioner.getPartition(instance(uid, uid + ".1", study));
            assertThat(partitioner.getPartition(instance(uid, "1.9", 0))).isEqualTo(partition);
            assertThat(partitioner.partition(new Uid(uid))).isEqualTo(partition);
            used.add(partition);
        }
        assertThat(used).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7);
        assertThat(partitioner.getPartition(ReadKey.document(ReadKey.order(5, 5))))
                .isZero();
        assertThat(partitioner.getPartition(ReadKey.other(ReadKey.order(5, 5)))).isPositive();
    }

    @Test
    void takesASharedResourceAsTheFirstStudySaysItAndSelectionsLast() {
        List<byte[]> keys = List.of(
                OutKey.resource("Patient", "a", new Uid("1.2"), false),
                OutKey.resource("Patient", "a", new Uid("1.2.3"), false),
                OutKey.resource("Patient", "a", new Uid("1.20"), false),
                OutKey.resource("Patient", "a", new Uid("1.1"), true));
        keepsTheOrderOf(keys);
        OutKey.ByIdentity partitioner = new OutKey.ByIdentity(50, 1);
        assertThat(keys).allSatisfy(key -> {
            assertThat(OutKey.isSame(keys.get(0), key)).isTrue();
            assertThat(partitioner.getPartition(key)).isEqualTo(partitioner.getPartition(keys.get(0)));
        });
        assertThat(OutKey.isSame(keys.get(0), OutKey.resource("Patient", "b", new Uid("1.2"), false)))
                .isFalse();
        assertThat(OutKey.isSame(keys.get(0), OutKey.resource("Practitioner", "a", new Uid("1.2"), false)))
                .isFalse();
    }

    @Test
    void lastSelectionSaysWhatBecameOfADocumentRatherThanItsStudy() {
        byte[] order = ReadKey.order(7, 0);
        List<byte[]> keys = List.of(
                OutKey.override(order, new Uid("2.25.20"), 1),
                OutKey.override(order, new Uid("2.25.2"), 1),
                OutKey.override(order, new Uid("2.25.1"), 1),
                OutKey.file(order, 1));
        keepsTheOrderOf(keys);
        assertThat(keys).allMatch(key -> OutKey.isSame(keys.get(0), key));
        assertThat(OutKey.isSame(keys.get(0), OutKey.file(ReadKey.order(7, 1), 1)))
                .isFalse();
    }

    @Test
    void laysTheAccountOfTheFilesInTheOrderOfTheirNamesThroughTheParts() {
        OutKey.ByIdentity partitioner = new OutKey.ByIdentity(4, 10);
        int[] partitions = new int[10];
        for (int file = 0; file < 10; file++) {
            partitions[file] = partitioner.getPartition(OutKey.file(ReadKey.order(file, 3), 0));
        }
        assertThat(partitions).isSorted().contains(0, 1, 2, 3);
        assertThat(Arrays.stream(partitions).max()).hasValue(3);
    }

    @Test
    void knowsTheFileThatALineBelongsIntoAndItsTag() {
        byte[] key = OutKey.study(new Uid("1.2"), true, 5);
        assertThat(OutKey.section(key)).isEqualTo("report/studies");
        assertThat(OutKey.tag(key)).isEqualTo(5);
    }
}
