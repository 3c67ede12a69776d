package io.portolan.gateway.sync;

import io.portolan.dicom.io.MalformedDataException;
import io.portolan.gateway.access.AccessException;
import io.portolan.gateway.access.HttpAccess;
import io.portolan.gateway.sync.SourceException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * HTTP as a DICOMweb server is asked: one GET whose answer is read while it comes, in the turn that the pace gives it, tried
 * again when the server is not available. No redirect is followed: credentials go where the operator said, nowhere else.
 *
 * <p>What fails says what was asked and what came, never what an answer held. Safe for several threads.
 */
final class DicomWebWire {

    /**
     * A question.
     *
     * @param what for failures
     * @param path behind the base, with its query
     * @param packed whether the answer may be packed (gzip)
     * @param bytesMax of the answer, unpacked
     * @param answers statuses other than 2xx that the reading understands
     */
    record Get(String what, String path, String accept, boolean packed, long bytesMax, Set<Integer> answers) {}

    /** What came, as far as it has come. */
    record Response(int status, HttpHeaders headers, InputStream body) {

        boolean isSuccess() {
            return status >= 200 && status < 300;
        }

        String contentType() {
            return headers.firstValue("Content-Type").orElse("");
        }
    }

    /** Reads an answer. */
    interface Reading<T> {
        T read(Response response) throws IOException;
    }

    private final DicomWebOptions options;

    DicomWebWire(DicomWebOptions options) {
        this.options = options;
    }

    /** Every attempt reads anew: a reading that has effects must stand that. */
    <T> T get(Get get, Reading<T> reading) throws SourceException, InterruptedException {
        Iterator<Duration> delays = options.times().retryDelays().iterator();
        while (true) {
            try {
                return once(get, reading);
            } catch (BusyException e) {
                throw new SourceException(Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e); // it said: not now
            } catch (SourceException e) {
                if (e.kind() != Kind.UNAVAILABLE || !delays.hasNext()) {
                    throw e;
                }
                TimeUnit.NANOSECONDS.sleep(delays.next().toNanos());
            } catch (InterruptedIOException e) {
                throw interrupted(e);
            } catch (IOException e) {
                throw new SourceException(Kind.MALFORMED, get.what + ": " + unreadable(e), e);
            }
        }
    }

    private static InterruptedException interrupted(InterruptedIOException e) {
        return (InterruptedException) new InterruptedException("told to stop").initCause(e);
    }

    @SuppressWarnings("try") // a turn is only held
    private <T> T once(Get get, Reading<T> reading) throws IOException, InterruptedException {
        try (Pace.Turn turn = options.pace().turn()) {
            HttpResponse<InputStream> response = send(get);
            try (InputStream body = response.body()) {
                requireAnswer(get, response);
                return reading.read(
                        new Response(response.statusCode(), response.headers(), unpacked(body, response, get)));
            } catch (HttpTimeoutException e) {
                throw unavailable(get, "no whole answer in time", e);
            } catch (StreamedBody.BrokenException e) {
                throw unavailable(get, "the connection broke within the answer", e);
            }
        }
    }

    private HttpResponse<InputStream> send(Get get) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(options.root() + get.path)).header("Accept", get.accept);
        if (get.packed) {
            request.header("Accept-Encoding", "gzip");
        }
        try {
            return authorized(get, request);
        } catch (AccessException e) {
            throw new SourceException(e.heals() ? Kind.UNAVAILABLE : Kind.REFUSED, get.what + ": " + e.getMessage(), e);
        }
    }

    /** A token may end on its way: then once more with another. */
    private HttpResponse<InputStream> authorized(Get get, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpAccess access = options.access();
        Optional<String> header = access.authorization().header();
        header.ifPresent(value -> request.setHeader("Authorization", value));
        HttpResponse<InputStream> response = exchange(get, access.toProxy(request.build()));
        if (response.statusCode() != 401
                || header.isEmpty()
                || !access.authorization().isRenewedAfter(header.get())) {
            return response;
        }
        response.body().close();
        access.authorization().header().ifPresent(value -> request.setHeader("Authorization", value));
        return exchange(get, access.toProxy(request.build()));
    }

    private HttpResponse<InputStream> exchange(Get get, HttpRequest request)
            throws AccessException, SourceException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> exchange = options.access()
                .client()
                .sendAsync(
                        request,
                        head -> new StreamedBody(
                                options.times().head(), options.times().answer()));
        try {
            return exchange.get(options.times().head().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw unavailable(get, "no answer within " + options.times().head(), e);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw unavailable(get, options.access().reason(e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private void requireAnswer(Get get, HttpResponse<?> response) throws IOException {
        int status = response.statusCode();
        if (status >= 200 && status < 300 || get.answers.contains(status)) {
            return;
        }
        String said = get.what + ": status " + status;
        switch (status) {
            case 401, 403, 407 ->
                throw new SourceException(Kind.REFUSED, said + options.access().advice(status));
            case 404 -> throw new SourceException(Kind.REFUSED, said + "; check the URL of the server");
            case 408, 425, 429 -> throw busy(said, response);
            case 501, 505 -> throw new SourceException(Kind.REFUSED, said + "; the server does not have this service");
            default -> {
                if (status >= 500) {
                    throw busy(said, response);
                }
                throw new SourceException(
                        Kind.REFUSED,
                        said + (status < 400 ? "; it redirects: set the URL that it redirects to" : "; check the URL"));
            }
        }
    }

    /** RFC 9110 10.2.3; seconds or a date, which is not our business: nobody waits so long here. */
    private static IOException busy(String said, HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(after -> after.matches("[0-9A-Za-z,: ]{1,40}"))
                .<IOException>map(after -> new BusyException(said + "; it wants to be asked again after: " + after))
                .orElseGet(() -> new SourceException(Kind.UNAVAILABLE, said));
    }

    private static InputStream unpacked(InputStream body, HttpResponse<?> response, Get get) throws IOException {
        InputStream raw = new BoundedStream(body, get.bytesMax);
        String coding = response.headers().firstValue("Content-Encoding").orElse("");
        boolean gzip = coding.equalsIgnoreCase("gzip") && response.statusCode() != 204;
        return gzip ? new BoundedStream(new GZIPInputStream(raw), get.bytesMax) : raw;
    }

    private static String unreadable(IOException e) {
        if (e instanceof MalformedDataException) {
            return "the answer cannot be read: " + e.getMessage(); // which holds no value
        }
        if (e instanceof BoundedStream.TooLongException) {
            return "the answer is " + e.getMessage();
        }
        return e instanceof EOFException
                ? "the answer is cut off"
                : "the answer cannot be read: "
                        + (e instanceof ZipException
                                ? "not packed as it says"
                                : e.getClass().getSimpleName());
    }

    private static SourceException unavailable(Get get, String reason, Throwable cause) {
        return new SourceException(Kind.UNAVAILABLE, get.what + ": " + reason, cause);
    }

    /** The server said when it wants to be asked again. */
    private static final class BusyException extends IOException {

        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }
}
