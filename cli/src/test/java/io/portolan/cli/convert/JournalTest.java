package io.portolan.cli.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final List<String> RECORDS = List.of("a", "some more", "part 1", "part 2", "whole 3", "b");

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("journal");
    }

    /** What begins with "part" is not the last of its file. */
    private static Journal.Reader into(List<String> records) {
        return (offset, bytes) -> {
            String text = StandardCharsets.UTF_8.decode(bytes).toString();
            records.add(text);
            return !text.startsWith("part");
        };
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] write(List<String> records) throws Exception {
        try (Journal journal = Journal.open(file(), "v1", null)) {
            for (String record : records) {
                journal.append(bytes(record));
            }
            journal.flush();
        }
        return Files.readAllBytes(file());
    }

    /** As the run does: what the journal has, counted in whole files, and then the rest. */
    private void goOn() throws Exception {
        List<String> there = new ArrayList<>();
        try (Journal journal = Journal.open(file(), "v1", into(there))) {
            while (!there.isEmpty() && there.get(there.size() - 1).startsWith("part")) {
                there.remove(there.size() - 1);
            }
            assertThat(there).isEqualTo(RECORDS.subList(0, Math.min(there.size(), RECORDS.size())));
            for (String record : RECORDS.subList(there.size(), RECORDS.size())) {
                journal.append(bytes(record));
            }
            journal.flush();
        }
    }

    @Test
    void goesOnWhereverItIsCutOffAsIfItWereNot() throws Exception {
        byte[] whole = write(RECORDS);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            goOn();
            assertThat(Files.readAllBytes(file())).as("cut off at %d", length).isEqualTo(whole);
        }
    }

    @Test
    void goesOnInFrontOfAnyByteThatIsWrong() throws Exception {
        byte[] whole = write(RECORDS);
        for (int at = 0; at < whole.length; at++) {
            for (int bit : new int[] {0x01, 0x80}) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) bit;
                Files.write(file(), flipped);
                goOn();
                assertThat(Files.readAllBytes(file())).as("byte %d", at).isEqualTo(whole);
            }
        }
    }

    @Test
    void goesOnBehindZerosThatAPowerCutHasLeft() throws Exception {
        byte[] whole = write(RECORDS);
        Files.write(file(), Arrays.copyOf(whole, whole.length + 4096));
        goOn();
        assertThat(Files.readAllBytes(file())).isEqualTo(whole);
    }

    @Test
    void takesNothingThatWasReadByAnotherVersion() throws Exception {
        write(RECORDS);
        List<String> old = new ArrayList<>();
        try (Journal journal = Journal.open(file(), "v2", into(old))) {
            assertThat(old).isEmpty();
            journal.append(bytes("new"));
            journal.flush();
        }
        try (Journal journal = Journal.open(file(), "v2", into(old))) {
            assertThat(old).containsExactly("new");
            assertThat(journal.end()).isEqualTo(Files.size(file()));
        }
    }

    @Test
    void takesNoFileThatIsNoJournal() throws Exception {
        for (String text :
                List.of("x", "no journal at all, but a text", "\0\0\0\0\0\0\0\0", "\u007F\u007F\u007F\u007F1234")) {
            Files.writeString(file(), text);
            List<String> old = new ArrayList<>();
            Journal.open(file(), "v1", into(old)).close();
            assertThat(old).isEmpty();
        }
    }

    @Test
    void readsRecordsOfAnySizeWhereItSaidThatTheyAre() throws Exception {
        List<String> records = new ArrayList<>();
        for (int size : new int[] {1, 4087, 4088, 4089, 262_135, 262_136, 262_137, 1_000_000, 3}) {
            records.add("x".repeat(size));
        }
        try (Journal journal = Journal.open(file(), "v1", null)) {
            List<Long> offsets = new ArrayList<>();
            for (String record : records) {
                offsets.add(journal.append(bytes(record)));
            }
            journal.flush();
            for (int i = 0; i < records.size(); i++) {
                ByteBuffer read = journal.read(offsets.get(i));
                assertThat(journal.behind(offsets.get(i), read))
                        .isEqualTo(i + 1 < offsets.size() ? offsets.get(i + 1) : journal.end());
                assertThat(StandardCharsets.UTF_8.decode(read).toString()).isEqualTo(records.get(i));
            }
        }
        List<String> old = new ArrayList<>();
        Journal.open(file(), "v1", into(old)).close();
        assertThat(old).isEqualTo(records);
    }

    @Test
    void isForOneRunAtATime() throws Exception {
        try (Journal journal = Journal.open(file(), "v1", null)) {
            journal.append(bytes("a"));
            assertThatThrownBy(() -> Journal.open(file(), "v1", null)).isInstanceOf(Journal.InUseException.class);
            journal.flush();
        }
        List<String> old = new ArrayList<>();
        Journal.open(file(), "v1", into(old)).close();
        assertThat(old).containsExactly("a");
    }
}
