package io.portolan.cli;

import io.portolan.dicom.engine.AeTitles;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A DICOM application entity and where it listens.
 *
 * @param aeTitle called AE title (PS3.5 6.2 AE)
 * @param port 1 to 65535
 */
record Peer(String aeTitle, String host, int port) {

    private static final Pattern FORM = Pattern.compile("([^@\\\\]{1,16})@(\\[[^]]+]|[^:\\[\\]]+):(\\d{1,5})");

    @Override
    public String toString() {
        return aeTitle + "@" + host + ":" + port;
    }

    /** Reads {@code AE@host:port}. */
    static final class Converter implements ITypeConverter<Peer> {

        @Override
        public Peer convert(String text) {
            Matcher matcher = FORM.matcher(text);
            int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
            if (port < 1 || port > 65535 || !AeTitles.isValid(matcher.group(1))) {
                throw new TypeConversionException(
                        "'" + text + "' is not AE@HOST:PORT, for example PORTOLAN@localhost:11112");
            }
            return new Peer(matcher.group(1), matcher.group(2), port);
        }
    }
}
