package io.portolan.gateway.convert;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * A zip, tar or tar.gz file, told by its first bytes. Nothing of it is written to disk, and no entry is held in memory: a name
 * that points elsewhere, or an entry that unpacks to terabytes, does no harm.
 */
final class Archive {

    /** Between the name of an archive and that of an entry. */
    static final String SEPARATOR = "!/";

    /** Names are kept, to tell entries apart; an empty entry takes next to nothing of an archive. */
    static final int ENTRIES_MAX = 1_000_000;

    private static final int TAR_MAGIC_OFFSET = 257;
    private static final int TAR_BLOCK = 512;

    /** So many bytes tell what it is. */
    static final int FIRST_BYTES = TAR_BLOCK;

    private static final String ZIP_NAMES = "Cp437"; // APPNOTE.TXT D.1, where an entry does not say that it is UTF-8

    enum Kind {
        ZIP,
        TAR,
        TAR_GZ
    }

    /** Told each entry that is a file. */
    interface Visitor {

        /**
         * A file.
         *
         * @param name unique in the archive
         */
        void entry(String name, InputStream content) throws IOException;

        void unreadable(String name, String reason) throws IOException;
    }

    private final Visitor visitor;
    private final Map<String, Integer> names = new HashMap<>(); // how often each was there

    private Archive(Visitor visitor) {
        this.visitor = visitor;
    }

    static Optional<Kind> kindOf(Location file) throws IOException {
        try (InputStream in = file.open()) {
            byte[] first = in.readNBytes(FIRST_BYTES);
            if (isZip(first)) {
                return Optional.of(Kind.ZIP);
            }
            if (isTar(first)) {
                return Optional.of(Kind.TAR);
            }
            return isGzip(first) && isTarInside(file) ? Optional.of(Kind.TAR_GZ) : Optional.empty();
        }
    }

    /**
     * Whether it is packed, in one of the ways that are known here.
     *
     * @param first its first {@value #FIRST_BYTES} bytes, or all
     */
    static boolean isPacked(byte[] first) {
        return isZip(first) || isTar(first) || isGzip(first);
    }

    private static boolean isZip(byte[] first) {
        return startsWith(first, 0, 'P', 'K', 3, 4) || startsWith(first, 0, 'P', 'K', 5, 6);
    }

    private static boolean isGzip(byte[] first) {
        return startsWith(first, 0, 0x1F, 0x8B);
    }

    private static boolean isTarInside(Location file) {
        try (InputStream in = gunzip(file)) {
            return isTar(in.readNBytes(TAR_BLOCK));
        } catch (IOException e) {
            return false;
        }
    }

    private static InputStream gunzip(Location file) throws IOException {
        InputStream in = new BufferedInputStream(file.open());
        try {
            return GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(true)
                    .get();
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private static boolean isTar(byte[] first) {
        return startsWith(first, TAR_MAGIC_OFFSET, 'u', 's', 't', 'a', 'r');
    }

    private static boolean startsWith(byte[] bytes, int offset, int... expected) {
        if (bytes.length < offset + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[offset + i] & 0xFF) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** @throws IOException the archive is broken; what stood before the fault has been visited */
    static void visit(Location file, Kind kind, Visitor visitor) throws IOException {
        Archive archive = new Archive(visitor);
        switch (kind) {
            case ZIP -> archive.visitZip(file);
            case TAR -> archive.visitTar(new BufferedInputStream(file.open()));
            case TAR_GZ -> archive.visitTar(gunzip(file));
        }
    }

    private void visitZip(Location file) throws IOException {
        try (SeekableByteChannel channel = file.openChannel()) {
            visitZip(file, channel);
        }
    }

    private void visitZip(Location file, SeekableByteChannel channel) throws IOException {
        ZipFile opened;
        try {
            opened = ZipFile.builder()
                    .setSeekableByteChannel(channel)
                    .setCharset(ZIP_NAMES)
                    .setUseUnicodeExtraFields(true)
                    .get();
        } catch (IOException e) {
            visitZipWithoutDirectory(file);
            throw e;
        }
        try (ZipFile zip = opened) {
            for (Enumeration<ZipArchiveEntry> entries = zip.getEntriesInPhysicalOrder(); entries.hasMoreElements(); ) {
                ZipArchiveEntry entry = entries.nextElement();
                if (zip.canReadEntryData(entry)) {
                    visit(zip, entry);
                } else {
                    visitUnreadable(entry);
                }
            }
        }
    }

    /** One whose own header is broken says nothing of the others. */
    private void visit(ZipFile zip, ZipArchiveEntry entry) throws IOException {
        InputStream content;
        try {
            content = zip.getInputStream(entry);
        } catch (IOException e) {
            visitor.unreadable(unique(entry.getName()), "it cannot be unpacked");
            return;
        }
        try (content) {
            visit(entry, content);
        }
    }

    /** The list of the entries is the end of a zip file: of one that is cut off, what stands in front of them tells as much. */
    private void visitZipWithoutDirectory(Location file) throws IOException {
        try (ZipArchiveInputStream zip =
                new ZipArchiveInputStream(new BufferedInputStream(file.open()), ZIP_NAMES, true, false)) {
            for (ZipArchiveEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (zip.canReadEntryData(entry)) {
                    visit(entry, zip);
                } else {
                    visitUnreadable(entry);
                }
            }
        }
    }

    private void visit(ArchiveEntry entry, InputStream content) throws IOException {
        if (!entry.isDirectory()) {
            visitor.entry(unique(entry.getName()), content);
        }
    }

    private void visitUnreadable(ZipArchiveEntry entry) throws IOException {
        visitor.unreadable(
                unique(entry.getName()),
                entry.getGeneralPurposeBit().usesEncryption()
                        ? "it is encrypted"
                        : "its compression method is not supported");
    }

    private void visitTar(InputStream stream) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(stream, StandardCharsets.UTF_8.name())) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!entry.isCheckSumOK()) {
                    throw new IOException("the header of an entry is broken");
                }
                if (isContent(entry)) {
                    visit(entry, tar);
                } else if (!entry.isPaxHeader() && !entry.isGlobalPaxHeader()) {
                    visitor.unreadable(unique(entry.getName()), "it is a link, a device or a sparse file");
                }
            }
        }
    }

    /** The library takes all that is no folder for a file. */
    private static boolean isContent(TarArchiveEntry entry) {
        return entry.isDirectory()
                || entry.isFile()
                        && !entry.isLink()
                        && !entry.isSymbolicLink()
                        && !entry.isFIFO()
                        && !entry.isCharacterDevice()
                        && !entry.isBlockDevice()
                        && !entry.isSparse();
    }

    /** Two entries may have the same name: the second is another file all the same. */
    private String unique(String name) throws IOException {
        if (names.size() >= ENTRIES_MAX) {
            throw new IOException("too many entries");
        }
        String unique = name;
        for (int times = count(unique); times > 1; times = count(unique)) {
            unique = String.format(Locale.ROOT, "%s (%d)", unique, times);
        }
        return unique;
    }

    private int count(String name) {
        return names.merge(name, 1, Integer::sum);
    }
}
