package io.portolan.cli;

import io.portolan.dicom.DataSet;
import io.portolan.dicom.io.DicomJson;
import io.portolan.dicom.io.DicomReader;
import io.portolan.dicom.io.Dump;
import io.portolan.dicom.io.MalformedDataException;
import io.portolan.dicom.io.ReadLimits;
import io.portolan.dicom.io.Selection;
import io.portolan.gateway.FileReason;
import java.io.IOException;
import java.io.InputStream;
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

/** Shows headers as text. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = "Show the header of DICOM files as text, one element per line, or as DICOM JSON.",
        footer = {"%nExample:%n  portolan dump image.dcm"})
final class DumpCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "DICOM files.")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "The DICOM JSON model (PS3.18 F), one line per file.")
    private boolean json;

    @Option(names = "--mapped", description = "Only the attributes that the mapping reads.")
    private boolean mapped;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int code = ExitCode.FINE;
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                DicomReader reader =
                        DicomReader.open(in, mapped ? Selection.MAPPED : Selection.ALL, ReadLimits.DEFAULT);
                DataSet header = reader.readHeader();
                if (json) {
                    out.println(DicomJson.format(header));
                } else {
                    out.println("# " + file + ", " + reader.transferSyntax().name());
                    out.print(Dump.format(reader.fileMeta()));
                    out.print(Dump.format(header));
                }
            } catch (IOException e) {
                code = ExitCode.PROBLEMS;
                spec.commandLine().getErr().println(file + ": " + reason(e));
            }
        }
        out.flush();
        return code;
    }

    private static String reason(IOException problem) {
        if (problem instanceof NoSuchFileException) {
            return "no such file";
        }
        return problem instanceof MalformedDataException
                ? String.valueOf(problem.getMessage())
                : "cannot be read: " + FileReason.of(problem);
    }
}
