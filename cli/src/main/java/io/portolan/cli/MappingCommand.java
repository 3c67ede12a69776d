package io.portolan.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portolan.mapping.MappingPage;
import io.portolan.mapping.MappingPage.Section;
import io.portolan.mapping.OfficialGap;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What maps to what, as this version does it. */
@Command(
        name = "mapping",
        mixinStandardHelpOptions = true,
        versionProvider = Portolan.Version.class,
        description = {
            "Show which FHIR element comes from which DICOM attributes, and by which rule.",
            "The same tables do the mapping, so what is shown is what is done."
        },
        footer = {"%nExample:%n  portolan mapping --markdown"})
final class MappingCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** One form or the other. */
    static final class Form {

        @Option(names = "--markdown", description = "As a page in Markdown.")
        private boolean markdown;

        @Option(names = "--json", description = "As one JSON object.")
        private boolean json;
    }

    @ArgGroup
    private Form form = new Form();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        if (form.markdown) {
            out.print(MappingPage.markdown());
        } else if (form.json) {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json()));
        } else {
            print(out);
        }
        out.flush();
        return ExitCode.FINE;
    }

    private static ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode tables = root.putArray("tables");
        for (Section section : MappingPage.sections()) {
            ArrayNode rows = tables.addObject().put("title", section.title()).putArray("rows");
            section.lines().forEach(line -> {
                ObjectNode row = rows.addObject().put("element", line.element());
                ArrayNode attributes = row.putArray("attributes");
                line.attributes().forEach(attributes::add);
                row.put("need", line.need()).put("rule", line.rule());
            });
        }
        gaps(root.putArray("notMapped"), OfficialGap.NOT_MAPPED);
        gaps(root.putArray("errata"), OfficialGap.ERRATA);
        return root;
    }

    private static void gaps(ArrayNode array, List<OfficialGap> gaps) {
        gaps.forEach(gap -> array.addObject()
                .put("element", gap.element())
                .put("official", gap.tag())
                .put("reason", gap.reason()));
    }

    private static void print(PrintWriter out) {
        for (Section section : MappingPage.sections()) {
            out.printf("%s%n", section.title());
            section.lines().forEach(line -> {
                out.printf("  %s (%s)%n", line.element(), line.need());
                if (!line.attributes().isEmpty()) {
                    out.printf("      from %s%n", String.join(", ", line.attributes()));
                }
                out.printf("      %s%n", line.rule());
            });
            out.println();
        }
        out.println("Official mappings that are not in these tables");
        print(out, OfficialGap.NOT_MAPPED);
        out.println("Errata of the official mapping");
        print(out, OfficialGap.ERRATA);
    }

    private static void print(PrintWriter out, List<OfficialGap> gaps) {
        gaps.forEach(gap -> out.printf("  %s %s: %s%n", gap.element(), gap.tag(), gap.reason()));
        out.println();
    }
}
