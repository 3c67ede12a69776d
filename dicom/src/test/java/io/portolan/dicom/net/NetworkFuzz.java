package io.portolan.dicom.net;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where bytes of strangers come in over the DICOM network, each with its check and with what a fuzzer starts with. Any
 * throwable that comes out of a check is a finding, and so is more memory than the limits allow for.
 *
 * <p>The nested classes are what a fuzzer calls: one static method of bytes each.
 */
public enum NetworkFuzz {
    // spotless:off
    PDU(        OfPdu.class,        CodecChecks::pdus,           NetworkSeeds::pdus),
    COMMAND_SET(OfCommandSet.class, CodecChecks::commandSet,     NetworkSeeds::commandSets),
    COMMITMENT( OfCommitment.class, CodecChecks::commitment,     NetworkSeeds::commitments),
    ACCEPTOR(   OfAcceptor.class,   TranscriptChecks::acceptor,  NetworkSeeds::toAcceptor),
    REQUESTOR(  OfRequestor.class,  TranscriptChecks::requestor, NetworkSeeds::toRequestor);
    // spotless:on

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Allocated for one input, whatever it is; what a fuzzer allocates in this thread for itself included. */
    private static final long ALLOCATED_BYTES_MAX = 32 << 20;

    /** Allocated for each byte of the input: objects of the parsed, and what is written and read to compare. */
    private static final long ALLOCATED_PER_BYTE_MAX = 2000;

    private final Class<?> entry;

    @SuppressWarnings("ImmutableEnumChecker") // without state
    private final Consumer<byte[]> check;

    @SuppressWarnings("ImmutableEnumChecker") // without state
    private final Supplier<List<byte[]>> seeds;

    NetworkFuzz(Class<?> entry, Consumer<byte[]> check, Supplier<List<byte[]>> seeds) {
        this.entry = entry;
        this.check = check;
        this.seeds = seeds;
    }

    /** As it names the folder of its findings: {@code command-set}. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The class with {@code public static void fuzzerTestOneInput(byte[])}. */
    public String entryClass() {
        return entry.getName();
    }

    /** Valid input to begin with. */
    public List<byte[]> seeds() {
        return seeds.get();
    }

    /** Returns when all is well; an {@link AssertionError} is a broken promise, anything else an error let through. */
    public void check(byte[] data) {
        long max = ALLOCATED_BYTES_MAX + ALLOCATED_PER_BYTE_MAX * data.length;
        if (allocated(data) > max) {
            long again = allocated(data); // without the classes that were loaded
            Wire.require(again <= max, again + " bytes of memory for " + data.length + " of input");
        }
    }

    private long allocated(byte[] data) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        check.accept(data);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    public static final class OfPdu {
        private OfPdu() {}

        public static void fuzzerTestOneInput(byte[] data) {
            PDU.check(data);
        }
    }

    public static final class OfCommandSet {
        private OfCommandSet() {}

        public static void fuzzerTestOneInput(byte[] data) {
            COMMAND_SET.check(data);
        }
    }

    public static final class OfCommitment {
        private OfCommitment() {}

        public static void fuzzerTestOneInput(byte[] data) {
            COMMITMENT.check(data);
        }
    }

    public static final class OfAcceptor {
        private OfAcceptor() {}

        public static void fuzzerTestOneInput(byte[] data) {
            ACCEPTOR.check(data);
        }
    }

    public static final class OfRequestor {
        private OfRequestor() {}

        public static void fuzzerTestOneInput(byte[] data) {
            REQUESTOR.check(data);
        }
    }
}
