package io.portolan.bench;

import io.portolan.dicom.Attribute;
import io.portolan.dicom.Level;
import io.portolan.dicom.Vr;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Commands that read the headers of all files below a folder, each asked for the attributes that the mapping reads at the
 * top level, in the way that is the fastest it has. What they print goes nowhere.
 */
enum ScanPeer {
    /** Ours, from a cold start. */
    PORTOLAN("portolan, cold JVM"),
    /** Scans no sequences, so it is not asked for them; prints nothing. */
    GDCMSCANNER("gdcmscanner"),
    /** Told to stop behind the last attribute, and not to load long values. */
    DCMDUMP("dcmdump"),
    /** Told to stop before the pixels, and which attributes to keep. */
    PYDICOM("pydicom");

    private static final String PYTHON = "/usr/bin/python3"; // where Debian's python3-pydicom is

    private static final int SECONDS_MAX = 600;

    private static final String PYTHON_SCAN = """
            import os, sys
            from pydicom import dcmread
            tags = [int(tag, 16) for tag in sys.argv[2:]]
            for folder, _, names in os.walk(sys.argv[1]):
                for name in names:
                    dcmread(os.path.join(folder, name), stop_before_pixels=True, specific_tags=tags)
            """;

    final String title;

    ScanPeer(String title) {
        this.title = title;
    }

    /** Those that can be measured here; says which cannot. */
    static List<ScanPeer> installed() throws IOException, InterruptedException {
        List<ScanPeer> installed = new ArrayList<>();
        for (ScanPeer peer : values()) {
            peer.missing().ifPresentOrElse(System.out::println, () -> installed.add(peer));
        }
        return installed;
    }

    private Optional<String> missing() throws IOException, InterruptedException {
        boolean there = switch (this) {
            case PORTOLAN -> true;
            case GDCMSCANNER -> Machine.installed("gdcmscanner");
            case DCMDUMP -> Machine.installed("dcmdump");
            case PYDICOM ->
                Path.of(PYTHON).toFile().canExecute()
                        && Machine.start(PYTHON, "-c", "import pydicom").waitFor() == 0;
        };
        return there ? Optional.empty() : Optional.of(title + " is not installed and left out");
    }

    /** One process for each folder, at the same time. @return seconds until the last has ended, starts included */
    double run(List<Path> folders) throws IOException, InterruptedException {
        return Machine.run(folders.stream().map(this::command).toList(), SECONDS_MAX);
    }

    private List<String> command(Path folder) {
        List<String> command = new ArrayList<>();
        switch (this) {
            case PORTOLAN -> {
                command.addAll(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp"));
                command.addAll(List.of(System.getProperty("java.class.path"), HeaderScan.class.getName()));
                command.add(folder.toString());
            }
            case GDCMSCANNER -> {
                command.addAll(List.of("gdcmscanner", "-r", "-d", folder.toString()));
                attributes().stream()
                        .filter(a -> a.vr() != Vr.SQ)
                        .forEach(a -> command.addAll(List.of("-t", tag(a, "%04x,%04x"))));
            }
            case DCMDUMP -> {
                command.addAll(List.of("dcmdump", "-q", "-M", "+sd", "+r"));
                attributes().forEach(a -> command.addAll(List.of("+P", tag(a, "%04x,%04x"))));
                Attribute last = attributes().get(attributes().size() - 1);
                command.addAll(List.of("+st", tag(last, "%04x,%04x"), folder.toString()));
            }
            case PYDICOM -> {
                command.addAll(List.of(PYTHON, "-c", PYTHON_SCAN, folder.toString()));
                attributes().forEach(a -> command.add(tag(a, "%04x%04x")));
            }
        }
        return command;
    }

    /** Ascending by tag. */
    private static List<Attribute> attributes() {
        return Arrays.stream(Attribute.values())
                .filter(a -> !a.isAt(Level.NESTED) || a == Attribute.SpecificCharacterSet)
                .sorted((a, b) -> Integer.compareUnsigned(a.tag(), b.tag()))
                .toList();
    }

    private static String tag(Attribute attribute, String format) {
        return String.format(Locale.ROOT, format, attribute.tag() >>> 16, attribute.tag() & 0xFFFF);
    }
}
