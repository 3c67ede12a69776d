package io.portolan.cli;

import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/**
 * What a person looks at, for each of the two streams: whether it is a terminal, how wide, and whether it shows colours.
 *
 * <p>Java knows a terminal only when both streams are one, so the launcher says it of each ({@code portolan.terminal.err}
 * and {@code .out}) and how wide it is ({@code portolan.terminal.columns}). Colours are off when {@code NO_COLOR} is set.
 */
enum Terminal {
    OUT,
    ERR;

    private static final int COLUMNS_DEFAULT = 80;
    private static final int COLUMNS_MIN = 20;
    private static final String RESET = "\u001b[0m";

    /** An SGR sequence (ECMA-48 8.3.117). */
    enum Colour {
        RED("\u001b[31m"),
        GREEN("\u001b[32m"),
        YELLOW("\u001b[33m");

        private final String sequence;

        Colour(String sequence) {
            this.sequence = sequence;
        }
    }

    /** Whether this stream is a terminal that can do more than lines. */
    boolean isLive() {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        String said = System.getProperty("portolan.terminal." + (this == OUT ? "out" : "err"));
        return said == null ? Ansi.AUTO.enabled() : Boolean.parseBoolean(said);
    }

    boolean hasColours() {
        return isLive()
                && Optional.ofNullable(System.getenv("NO_COLOR")).orElse("").isEmpty();
    }

    /** For picocli's own texts. */
    Ansi ansi() {
        return hasColours() ? Ansi.ON : Ansi.OFF;
    }

    String paint(Colour colour, String text) {
        return hasColours() ? colour.sequence + text + RESET : text;
    }

    /** What is wrong, on standard error. */
    static void complain(PrintWriter err, String problem) {
        err.println(ERR.paint(Colour.RED, "portolan:") + " " + problem);
        err.flush();
    }

    /** How many characters fit on a line. */
    static int columns() {
        String said = Optional.ofNullable(System.getenv("COLUMNS"))
                .orElse(System.getProperty("portolan.terminal.columns", ""));
        int columns = said.matches("[0-9]{1,4}") ? Integer.parseInt(said) : 0;
        return columns >= COLUMNS_MIN ? columns : COLUMNS_DEFAULT;
    }
}
