package io.portolan.cli;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.Tag;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows headers as text. Pixels are never read, and a broken file is shown up to the element that is broken. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Show the header of DICOM files as text, one element per line, or as DICOM JSON.",
            "Pixels are not read. Of a broken file you see what stands before the fault. Exit code 1: a file could not be read."
        },
        footer = {
            "%nExamples:",
            "  portolan dump image.dcm           # long values cut",
            "  portolan dump --full image.dcm    # every value whole",
            "  portolan dump --mapped image.dcm  # what the mapping reads",
            "  portolan dump --json image.dcm    # for programs"
        })
final class DumpCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "DICOM files.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "The DICOM JSON model (PS3.18 F), one line per file, values whole.")
    private boolean json;

    @Option(names = "--mapped", description = "Only the attributes that the mapping reads.")
    private boolean mapped;

    @Option(names = "--full", description = "Show long values whole.")
    private boolean full;

    private boolean shown;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int code = ExitCode.FINE;
        for (Path file : files) {
            try {
                if (json) {
                    out.println(json(file));
                } else {
                    print(file, out);
                }
            } catch (IOException e) {
                code = ExitCode.PROBLEMS;
                out.flush();
                spec.commandLine().getErr().println(file + ": " + reason(file, e));
            }
        }
        out.flush();
        return code;
    }

    private String json(Path file) throws IOException {
        try (DicomReader reader = DicomReader.open(file, selection(), ReadLimits.DEFAULT)) {
            return DicomJson.format(reader.readHeader());
        }
    }

    private void print(Path file, PrintWriter out) throws IOException {
        HeaderText text =
                new HeaderText(full, spec.commandLine().getColorScheme().ansi());
        try (DicomReader reader = DicomReader.open(file, selection(), ReadLimits.DEFAULT)) {
            out.print(shown ? "\n" : "");
            shown = true;
            out.println("# " + file + ", " + reader.transferSyntax().name());
            out.print(text.format(reader.fileMeta()));
            try {
                DataSet header = reader.readHeader();
                if (!header.characterSet().misspeltTerms().isEmpty()) {
                    out.println("# SpecificCharacterSet is misspelt; taken for the likeliest");
                }
                if (!header.characterSet().unknownTerms().isEmpty()) {
                    out.println("# SpecificCharacterSet is unknown; texts are read as Latin-1");
                }
                out.print(text.format(header));
            } catch (MalformedDataException e) {
                out.print(text.format(before(e, file)));
                out.println("# broken from here on");
                throw e;
            }
        }
    }

    /** What stands before the element of the top level in which, or behind which, the fault is; read once more. */
    private DataSet before(MalformedDataException fault, Path file) throws IOException {
        if (fault.path().isEmpty()) {
            return DataSet.EMPTY;
        }
        int tag = Tag.parse(fault.path().replaceFirst(" > .*", ""));
        try (DicomReader reader = DicomReader.open(file, selection().before(tag), ReadLimits.DEFAULT)) {
            return reader.readHeader();
        } catch (MalformedDataException e) {
            return DataSet.EMPTY; // the very first element, or tags that do not ascend
        }
    }

    private Selection selection() {
        return mapped ? Selection.MAPPED : Selection.ALL;
    }

    private static String reason(Path file, IOException problem) {
        if (problem instanceof NoSuchFileException) {
            return "no such file";
        }
        if (Files.isDirectory(file)) {
            return "a folder; dump takes files, as in: portolan dump " + file + "/*";
        }
        return problem instanceof MalformedDataException
                ? String.valueOf(problem.getMessage())
                : "cannot be read: " + FileReason.of(problem);
    }
}
