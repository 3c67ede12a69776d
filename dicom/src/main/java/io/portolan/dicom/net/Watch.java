package io.portolan.dicom.net;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Closes a TCP connection when what its user does with it takes too long, reading or writing. */
final class Watch {

    private final CompletableFuture<Boolean> over;
    private final CompletableFuture<Void> closing;

    Watch(Socket socket, Duration limit) {
        over = new CompletableFuture<Boolean>().completeOnTimeout(true, limit.toMillis(), MILLISECONDS);
        closing = over.thenAccept(late -> {
            if (late) {
                closeQuietly(socket);
            }
        });
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to do with a socket that cannot be closed.
        }
    }

    boolean isOver() {
        return over.getNow(false);
    }

    /** It was done in time, or is over. */
    void end() {
        over.complete(false);
        closing.join();
    }
}
