package io.portolan.gateway.convert;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Uid;
import io.portolan.dicom.io.CompactDataSets;
import io.portolan.mapping.study.Instance;
import io.portolan.mapping.study.KeyObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a file, or of one entry of an archive.
 *
 * @param name the path, see {@link Names}; of an entry that of its archive, {@code !/}, and the entry's
 * @param size in bytes, of the file on disk
 * @param modified milliseconds since 1970
 * @param last whether nothing more comes of the file on disk: archives and media directories have several records
 * @param outcome {@code CONVERTED} when there is an instance, as far as this file alone can say
 * @param reason for a person; null: there is nothing to say
 * @param position offset in bytes of what is malformed; negative: none
 * @param instance without the sender
 */
public record FileRecord(
        String name,
        long size,
        long modified,
        boolean last,
        Outcome outcome,
        @Nullable String reason,
        long position,
        Optional<Instance> instance) {

    private static final long NO_POSITION = -1;
    private static final byte NOTHING = 0;
    private static final byte INSTANCE = 1;
    private static final byte KEY_OBJECT = 2;

    public static FileRecord of(Found file, Outcome outcome, @Nullable String reason) {
        return new FileRecord(
                file.name(), file.size(), file.modified(), true, outcome, reason, NO_POSITION, Optional.empty());
    }

    public FileRecord at(long offset) {
        return new FileRecord(name, size, modified, last, outcome, reason, offset, instance);
    }

    FileRecord because(String why) {
        return new FileRecord(name, size, modified, last, outcome, why, position, instance);
    }

    public FileRecord with(Instance read) {
        return new FileRecord(name, size, modified, last, outcome, reason, position, Optional.of(read));
    }

    /** Part of a file on disk, of which more comes. */
    public FileRecord notLast() {
        return new FileRecord(name, size, modified, false, outcome, reason, position, instance);
    }

    /** Of which study and instance, and nothing more of it. */
    public record Head(
            String name,
            long size,
            long modified,
            boolean last,
            Outcome outcome,
            @Nullable String reason,
            long position,
            @Nullable Uid study,
            boolean keyObject) {}

    public Head head() {
        return new Head(
                name,
                size,
                modified,
                last,
                outcome,
                reason,
                position,
                instance.map(Instance::study).orElse(null),
                instance.filter(KeyObject::isKeyObject).isPresent());
    }

    public ByteBuffer toBytes() {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] reasonBytes = reason == null ? new byte[0] : reason.getBytes(StandardCharsets.UTF_8);
        int size1 = 8 + 8 + 1 + 1 + outcome.name().length() + 8 + 4 + nameBytes.length + 4 + reasonBytes.length + 1;
        int size2 = instance.map(FileRecord::sizeOf).orElse(0);
        ByteBuffer to = ByteBuffer.allocate(size1 + size2);
        to.putLong(size).putLong(modified).put((byte) (last ? 1 : 0));
        putAscii(outcome.name(), to);
        to.putLong(position);
        to.putInt(nameBytes.length).put(nameBytes).putInt(reasonBytes.length).put(reasonBytes);
        to.put(instance.map(one -> KeyObject.isKeyObject(one) ? KEY_OBJECT : INSTANCE)
                .orElse(NOTHING));
        instance.ifPresent(one -> {
            putAscii(one.study().value(), to);
            putAscii(one.series().value(), to);
            putAscii(one.instance().value(), to);
            CompactDataSets.write(one.patientHeader(), to);
            CompactDataSets.write(one.studyHeader(), to);
            CompactDataSets.write(one.seriesHeader(), to);
            CompactDataSets.write(one.instanceHeader(), to);
        });
        return to.flip();
    }

    private static int sizeOf(Instance one) {
        return 3
                + one.study().value().length()
                + one.series().value().length()
                + one.instance().value().length()
                + CompactDataSets.size(one.patientHeader())
                + CompactDataSets.size(one.studyHeader())
                + CompactDataSets.size(one.seriesHeader())
                + CompactDataSets.size(one.instanceHeader());
    }

    private static void putAscii(String text, ByteBuffer to) {
        to.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }

    public static FileRecord read(ByteBuffer from, HeaderPool pool) {
        long size = from.getLong();
        long modified = from.getLong();
        boolean last = from.get() != 0;
        Outcome outcome = Outcome.valueOf(ascii(from));
        long position = from.getLong();
        String name = text(from);
        String reason = text(from);
        Optional<Instance> instance = Optional.empty();
        if (from.get() != NOTHING) {
            Uid study = pool.uid(from);
            Uid series = pool.uid(from);
            Uid sop = uid(from);
            DataSet patient = pool.header(from);
            DataSet ofStudy = pool.header(from);
            DataSet ofSeries = pool.header(from);
            instance = Optional.of(new Instance(
                    study,
                    series,
                    sop,
                    patient,
                    ofStudy,
                    ofSeries,
                    CompactDataSets.read(from),
                    pool.callingAe(),
                    Optional.empty()));
        }
        return new FileRecord(
                name, size, modified, last, outcome, reason.isEmpty() ? null : reason, position, instance);
    }

    public static Head readHead(ByteBuffer from) {
        long size = from.getLong();
        long modified = from.getLong();
        boolean last = from.get() != 0;
        Outcome outcome = Outcome.valueOf(ascii(from));
        long position = from.getLong();
        String name = text(from);
        String reason = text(from);
        byte content = from.get();
        Uid study = content == NOTHING ? null : uid(from);
        return new Head(
                name,
                size,
                modified,
                last,
                outcome,
                reason.isEmpty() ? null : reason,
                position,
                study,
                content == KEY_OBJECT);
    }

    private static String text(ByteBuffer from) {
        int length = from.getInt();
        String text = new String(from.array(), from.arrayOffset() + from.position(), length, StandardCharsets.UTF_8);
        from.position(from.position() + length);
        return text;
    }

    static Uid uid(ByteBuffer from) {
        return new Uid(ascii(from));
    }

    private static String ascii(ByteBuffer from) {
        int length = from.get();
        String text = new String(from.array(), from.arrayOffset() + from.position(), length, StandardCharsets.US_ASCII);
        from.position(from.position() + length);
        return text;
    }
}
