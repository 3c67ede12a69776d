package io.portolan.cli;

import io.portolan.dicom.engine.AeTitles;
import io.portolan.dicom.engine.DicomNetworkException;
import java.net.UnknownHostException;
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

    /** Why there is no association with it, in words for who typed its address. */
    String reason(DicomNetworkException problem) {
        if (problem.getCause() instanceof UnknownHostException) {
            return "there is no host " + host;
        }
        // Sta5: awaiting A-ASSOCIATE-AC or -RJ (PS3.8 table 9-5)
        boolean inNegotiation = problem.kind() == DicomNetworkException.Kind.PROTOCOL_VIOLATION
                || String.valueOf(problem.getMessage()).contains("STA_5");
        return switch (problem.kind()) {
            case UNREACHABLE -> host + ":" + port + " cannot be reached: " + cause(problem);
            case TIMEOUT, DISCONNECTED, PROTOCOL_VIOLATION ->
                inNegotiation
                        ? host + ":" + port + " does not answer as a DICOM peer (" + problem.getMessage() + ")"
                        : String.valueOf(problem.getMessage());
            default -> String.valueOf(problem.getMessage());
        };
    }

    private static String cause(DicomNetworkException problem) {
        Throwable cause = problem.getCause();
        return String.valueOf((cause == null ? problem : cause).getMessage());
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
