package io.portolan.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A DICOMweb server on loopback whose studies are a matter of counting: it holds none of them. */
final class MadeUpArchive implements AutoCloseable {

    static final int OF_A_DAY = 100;

    private static final LocalDate LAST_DAY = LocalDate.of(2026, 11, 1);
    private static final DateTimeFormatter DA = DateTimeFormatter.BASIC_ISO_DATE;
    private static final String UID = "2.25.7114.";

    private final int studies;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private volatile int changedOneOf = Integer.MAX_VALUE;

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // or each answer waits 40 ms for an acknowledgement
    }

    MadeUpArchive(int studies) throws IOException {
        this.studies = studies;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/rs");
    }

    /** From now on one study of so many has another description. */
    void changeOneOf(int many) {
        changedOneOf = many;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Map<String, String> query = query(exchange.getRequestURI());
        StringBuilder body = new StringBuilder("[");
        if (path.endsWith("/studies")) {
            studies(query, body);
        } else {
            int study =
                    Integer.parseInt(path.replaceFirst(".*/studies/" + UID.replace(".", "\\.") + "(\\d+)/.*", "$1"));
            body.append(study(study));
        }
        byte[] bytes = body.append(']').toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/dicom+json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void studies(Map<String, String> query, StringBuilder body) {
        String days = query.getOrDefault("StudyDate", "00010101-99991231");
        int first = Math.max(0, firstOf(days.substring(days.length() - 8)));
        int end = Math.min(studies, firstOf(days.substring(0, 8)) + OF_A_DAY);
        int offset = Integer.parseInt(query.getOrDefault("offset", "0"));
        int limit = Integer.parseInt(query.getOrDefault("limit", "500"));
        for (int study = first + offset; study < Math.min(end, first + offset + limit); study++) {
            body.append(study == first + offset ? "" : ",").append(study(study));
        }
    }

    /** The first study of a day: they are counted backwards from the last day on. */
    private static int firstOf(String day) {
        long back = LAST_DAY.toEpochDay() - LocalDate.parse(day, DA).toEpochDay();
        return (int) Math.max(-OF_A_DAY, Math.min(Integer.MAX_VALUE / 2, back * OF_A_DAY));
    }

    /** At every level the same: a study has one series, and that one instance. */
    private String study(int study) {
        String description = study % changedOneOf == 1 ? "Thorax, nativ" : "Thorax";
        return "{" + value("00080016", "UI", "\"1.2.840.10008.5.1.4.1.1.2\"") + ","
                + value("00080018", "UI", '"' + UID + study + ".1.1\"") + ","
                + value("00080020", "DA", '"' + DA.format(LAST_DAY.minusDays(study / OF_A_DAY)) + '"') + ","
                + value("00080050", "SH", "\"A" + study + '"') + "," + value("00080060", "CS", "\"CT\"") + ","
                + value("00081030", "LO", '"' + description + '"') + ","
                + value("00100010", "PN", "{\"Alphabetic\":\"Test^Patient " + study / 3 + "\"}") + ","
                + value("00100020", "LO", "\"P" + study / 3 + '"') + ","
                + value("0020000D", "UI", '"' + UID + study + '"') + ","
                + value("0020000E", "UI", '"' + UID + study + ".1\"") + "," + value("00200013", "IS", "1") + ","
                + value("00201206", "IS", "1") + "," + value("00201208", "IS", "1") + "," + value("00201209", "IS", "1")
                + "}";
    }

    private static String value(String tag, String vr, String value) {
        return '"' + tag + "\":{\"vr\":\"" + vr + "\",\"Value\":[" + value + "]}";
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        String text = uri.getQuery() == null ? "" : uri.getQuery();
        for (String part : text.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                query.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
