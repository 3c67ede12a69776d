package io.portolan.gateway.ledger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Bytes behind a version, deflated as far as it goes, with a preset dictionary (RFC 1950 2.2): most studies are small, and their
 * texts are all alike. A dictionary belongs to the form: it is never changed, and named by its checksum in what was made with it.
 */
enum Deflated {
    /** Rows of {@link PackedStudy}: DICOM JSON. */
    ROWS("packed-rows-1.txt"),
    /** What was published, see {@link Publications}: FHIR JSON. */
    PUBLICATION("packed-publication-1.txt");

    private static final String WRONG = "the ledger holds packed bytes that it did not write";

    @SuppressWarnings("ImmutableEnumChecker") // never written
    private final byte[] dictionary;

    Deflated(String file) {
        try (InputStream in = Deflated.class.getResourceAsStream(file)) {
            dictionary = Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] deflate(int version, byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setDictionary(dictionary);
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(version);
            byte[] buffer = new byte[8192];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    byte[] inflate(int version, byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != version) {
            throw new IllegalStateException(WRONG);
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes, 1, bytes.length - 1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                out.write(buffer, 0, length);
                if (length == 0 && inflater.needsDictionary()) {
                    inflater.setDictionary(dictionary);
                } else if (length == 0 && !inflater.finished()) {
                    throw new IllegalStateException(WRONG);
                }
            }
            return out.toByteArray();
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new IllegalStateException(WRONG, e);
        } finally {
            inflater.end();
        }
    }
}
