package io.portolan.gateway.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** An HTTP proxy that connects whoever shows what it wants to see (RFC 9110 9.3.6), and plain requests as well. */
final class ProxyPeer implements AutoCloseable {

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Predicate<List<String>> letsThrough;
    private final List<List<String>> heads = new CopyOnWriteArrayList<>();

    /** @param letsThrough by the lines of the head */
    ProxyPeer(Predicate<List<String>> letsThrough) throws IOException {
        this.letsThrough = letsThrough;
        threads.execute(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** The heads that it was shown. */
    List<List<String>> heads() {
        return List.copyOf(heads);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            List<String> head = head(client.getInputStream());
            heads.add(head);
            if (!letsThrough.test(head)) {
                client.getOutputStream()
                        .write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                return;
            }
            String[] request = head.get(0).split(" ", -1);
            boolean tunnel = request[0].equals("CONNECT");
            URI target = tunnel ? URI.create("http://" + request[1]) : URI.create(request[1]);
            try (Socket server = new Socket(target.getHost(), target.getPort())) {
                if (tunnel) {
                    client.getOutputStream()
                            .write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } else {
                    String first = request[0] + " " + target.getRawPath() + " HTTP/1.1\r\nConnection: close\r\n";
                    StringBuilder rest = new StringBuilder(first);
                    head.stream()
                            .skip(1)
                            .filter(line -> !line.startsWith("Connection") && !line.startsWith("Proxy-"))
                            .forEach(line -> rest.append(line).append("\r\n"));
                    server.getOutputStream()
                            .write(rest.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
                }
                threads.execute(() -> copy(client, server));
                server.getInputStream().transferTo(client.getOutputStream());
            }
        } catch (IOException e) {
            // one of both hung up
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            // one of both hung up
        }
    }

    /** Byte by byte: what follows belongs to somebody else. */
    private static List<String> head(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int one = in.read();
            if (one < 0) {
                break;
            }
            text.append((char) one);
        }
        return new ArrayList<>(
                text.toString().lines().filter(line -> !line.isEmpty()).toList());
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
