package io.portolan.testdata.fuzz;

import io.portolan.dicom.TransferSyntax;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.Dump;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parsers that take what strangers made, each with its check. Any throwable that comes out of a check is a finding.
 *
 * <p>The nested classes are what a fuzzer calls: one static method of bytes each.
 */
public enum FuzzTarget {
    // spotless:off
    FILE(           OfFile.class,           null,                                     ReadCheck.of(DicomReader::open)),
    IMPLICIT_LITTLE(OfImplicitLittle.class, TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN, ReadCheck.of(TransferSyntax.IMPLICIT_VR_LITTLE_ENDIAN)),
    EXPLICIT_LITTLE(OfExplicitLittle.class, TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN, ReadCheck.of(TransferSyntax.EXPLICIT_VR_LITTLE_ENDIAN)),
    EXPLICIT_BIG(   OfExplicitBig.class,    TransferSyntax.EXPLICIT_VR_BIG_ENDIAN,    ReadCheck.of(TransferSyntax.EXPLICIT_VR_BIG_ENDIAN)),
    DEFLATED(       OfDeflated.class,       TransferSyntax.DEFLATED_EXPLICIT_VR,      ReadCheck.of(TransferSyntax.DEFLATED_EXPLICIT_VR)),
    JSON(           OfJson.class,           null,                                     TextCheck.of(DicomJson::parse)),
    DUMP(           OfDump.class,           null,                                     TextCheck.of(Dump::parse));
    // spotless:on

    private final Class<?> entry;

    @SuppressWarnings("ImmutableEnumChecker") // a record of immutable parts
    private final @Nullable TransferSyntax syntax;

    @SuppressWarnings("ImmutableEnumChecker") // without state
    private final Consumer<byte[]> check;

    FuzzTarget(Class<?> entry, @Nullable TransferSyntax syntax, Consumer<byte[]> check) {
        this.entry = entry;
        this.syntax = syntax;
        this.check = check;
    }

    /** The target with this {@link #title}. */
    public static Optional<FuzzTarget> titled(String title) {
        return Arrays.stream(values()).filter(t -> t.title().equals(title)).findFirst();
    }

    /** The target of data sets in this transfer syntax, if there is one. */
    public static Optional<FuzzTarget> of(TransferSyntax syntax) {
        return Arrays.stream(values()).filter(t -> syntax.equals(t.syntax)).findFirst();
    }

    /** As it names the folder of its findings: {@code implicit-little}. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The class with {@code public static void fuzzerTestOneInput(byte[])}. */
    public String entryClass() {
        return entry.getName();
    }

    /** The transfer syntax of the data sets that this target reads. */
    public Optional<TransferSyntax> syntax() {
        return Optional.ofNullable(syntax);
    }

    /** Returns when all is well; an {@link AssertionError} is a broken promise, anything else an error let through. */
    public void check(byte[] data) {
        check.accept(data);
    }

    public static final class OfFile {
        private OfFile() {}

        public static void fuzzerTestOneInput(byte[] data) {
            FILE.check(data);
        }
    }

    public static final class OfImplicitLittle {
        private OfImplicitLittle() {}

        public static void fuzzerTestOneInput(byte[] data) {
            IMPLICIT_LITTLE.check(data);
        }
    }

    public static final class OfExplicitLittle {
        private OfExplicitLittle() {}

        public static void fuzzerTestOneInput(byte[] data) {
            EXPLICIT_LITTLE.check(data);
        }
    }

    public static final class OfExplicitBig {
        private OfExplicitBig() {}

        public static void fuzzerTestOneInput(byte[] data) {
            EXPLICIT_BIG.check(data);
        }
    }

    public static final class OfDeflated {
        private OfDeflated() {}

        public static void fuzzerTestOneInput(byte[] data) {
            DEFLATED.check(data);
        }
    }

    public static final class OfJson {
        private OfJson() {}

        public static void fuzzerTestOneInput(byte[] data) {
            JSON.check(data);
        }
    }

    public static final class OfDump {
        private OfDump() {}

        public static void fuzzerTestOneInput(byte[] data) {
            DUMP.check(data);
        }
    }
}
