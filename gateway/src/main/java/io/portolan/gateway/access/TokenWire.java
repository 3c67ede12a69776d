package io.portolan.gateway.access;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What is asked of an authorization server goes the same way as all else: our TLS, our proxy, no redirect; and short. */
final class TokenWire implements HTTPRequestSender {

    static final int ANSWER_BYTES_MAX = 64 * 1024;
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpAccess access;

    TokenWire(HttpAccess access) {
        this.access = access;
    }

    /** A GET of JSON, without credentials. */
    HttpResponse<byte[]> get(URI url) throws IOException {
        return send(
                HttpRequest.newBuilder(url).header("Accept", "application/json").build());
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.getURI()).header("Accept", "application/json");
        for (Map.Entry<String, List<String>> header : request.getHeaderMap().entrySet()) {
            header.getValue().forEach(value -> builder.setHeader(header.getKey(), value));
        }
        HttpResponse<byte[]> response =
                send(builder.method(request.getMethod().name(), BodyPublishers.ofString(request.getBody()))
                        .build());
        HTTPResponse answer = new HTTPResponse(response.statusCode());
        response.headers().firstValue("Content-Type").ifPresent(type -> answer.setHeader("Content-Type", type));
        answer.setBody(new String(response.body(), StandardCharsets.UTF_8));
        return answer;
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        String what = request.uri().toString();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                access.client().sendAsync(access.toProxy(request), head -> new LimitedBody(ANSWER_BYTES_MAX));
        try {
            return exchange.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw AccessException.unavailable(what + " gives no answer within " + TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            exchange.cancel(true);
            throw new InterruptedIOException("told to stop");
        } catch (ExecutionException e) {
            throw broken(request.uri(), e.getCause());
        }
    }

    private AccessException broken(URI url, @Nullable Throwable error) {
        if (error instanceof LimitedBody.TooLargeException) {
            return AccessException.refused(
                    url + ": the answer is longer than " + ANSWER_BYTES_MAX + " bytes; is that the right URL?");
        }
        return AccessException.unavailable(
                "cannot ask " + url + ": " + access.reason(error == null ? new IOException() : error, url));
    }
}
