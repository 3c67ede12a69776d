package io.portolan.dicom;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables within a page of {@code docs/} that come from the code: each stands between {@code <!-- table: NAME -->} and
 * {@code <!-- end of table -->}. {@code -Dportolan.golden=write} rewrites them, never in CI; what stands around them is
 * written by hand.
 */
public final class PageTables {

    private static final Pattern TABLE =
            Pattern.compile("<!-- table: ([a-z-]+) -->\n(.*?)<!-- end of table -->", Pattern.DOTALL);

    private PageTables() {}

    /** Holds the page to these tables, by name; a table of another name is somebody else's. */
    public static void hold(String page, Map<String, String> tables) throws IOException {
        Path file = Path.of(Objects.requireNonNull(System.getProperty("portolan.root"), "run by Maven"), "docs", page);
        String there = Files.readString(file);
        String made = with(there, tables);
        if ("write".equals(System.getProperty("portolan.golden"))) {
            assertThat(System.getenv("CI"))
                    .as("goldens are not rewritten in CI")
                    .isNull();
            Files.writeString(file, made);
            return;
        }
        assertThat(there)
                .as("docs/" + page + " is stale; ./dev golden rewrites its tables")
                .isEqualTo(made);
    }

    private static String with(String page, Map<String, String> tables) {
        tables.keySet().forEach(name -> assertThat(page).as("a place for it").contains("<!-- table: " + name + " -->"));
        return TABLE.matcher(page).replaceAll(found -> {
            String name = found.group(1);
            String table = tables.containsKey(name) ? tables.get(name) : found.group(2);
            return Matcher.quoteReplacement("<!-- table: " + name + " -->\n" + table + "<!-- end of table -->");
        });
    }

    /** A row of a Markdown table. */
    public static String row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(String.valueOf(cell).replace("|", "\\|")).append(" |");
        }
        return row.append('\n').toString();
    }

    /** The two lines that begin a Markdown table. */
    public static String heading(String... columns) {
        return row((Object[]) columns) + "|" + "---|".repeat(columns.length) + "\n";
    }
}
