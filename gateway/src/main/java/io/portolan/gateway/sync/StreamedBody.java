package io.portolan.gateway.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body that is read while it comes, no faster than it is read, with a limit to each silence and to the whole: the
 * client's own timeout ends with the head. Read by one thread; an interrupt ends a read with
 * {@link InterruptedIOException}.
 */
final class StreamedBody extends InputStream implements BodySubscriber<InputStream> {

    /** The connection broke before the body was whole. */
    static final class BrokenException extends IOException {

        private static final long serialVersionUID = 1;

        BrokenException(Throwable cause) {
            super("the connection broke", cause);
        }
    }

    /** What the network says: bytes, an end, or that it broke. */
    private record Event(
            List<ByteBuffer> buffers, boolean end, @Nullable Throwable error) {}

    private final Duration silenceMax;
    private final long deadlineNanos;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final Queue<ByteBuffer> buffers = new ArrayDeque<>(); // the reader's
    private boolean ended; // the reader's

    /**
     * @param silenceMax between two pieces
     * @param wholeMax from now to the end of the body
     */
    StreamedBody(Duration silenceMax, Duration wholeMax) {
        this.silenceMax = silenceMax;
        this.deadlineNanos = System.nanoTime() + wholeMax.toNanos();
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription.complete(subscription);
        subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        events.add(new Event(item, false, null));
    }

    @Override
    public void onError(Throwable error) {
        events.add(new Event(List.of(), true, error));
    }

    @Override
    public void onComplete() {
        events.add(new Event(List.of(), true, null));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        ByteBuffer buffer = filled();
        if (buffer == null) {
            return -1;
        }
        int read = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, read);
        return read;
    }

    /** @return null at the end */
    private @Nullable ByteBuffer filled() throws IOException {
        while (true) {
            ByteBuffer buffer = buffers.peek();
            if (buffer != null && buffer.hasRemaining()) {
                return buffer;
            }
            if (buffer != null) {
                buffers.remove();
            } else if (ended) {
                return null;
            } else {
                await();
            }
        }
    }

    private void await() throws IOException {
        Event event = next();
        if (event.error != null) {
            throw new BrokenException(event.error);
        }
        ended = event.end;
        buffers.addAll(event.buffers);
        if (!ended) {
            subscription.join().request(1);
        }
    }

    private Event next() throws IOException {
        long nanos = Math.min(silenceMax.toNanos(), deadlineNanos - System.nanoTime());
        try {
            Event event = events.poll(nanos, TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new HttpTimeoutException("the answer did not end in time");
            }
            return event;
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException().initCause(e);
        }
    }

    /** Ends the exchange, and the connection with it if the body is not at its end. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            var unused = subscription.thenAccept(Subscription::cancel); // now, or as soon as there is one
        }
        buffers.clear();
    }
}
