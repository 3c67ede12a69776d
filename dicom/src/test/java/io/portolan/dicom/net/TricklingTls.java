package io.portolan.dicom.net;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A peer that can send a record of TLS byte by byte. */
final class TricklingTls implements Closeable {

    private final Caught caught;
    private final SSLSocket secured;
    private final CountDownLatch closed = new CountDownLatch(1);

    TricklingTls(SSLContext context, int port) throws IOException {
        this.caught = new Caught(port);
        this.secured = (SSLSocket) context.getSocketFactory().createSocket(caught, "127.0.0.1", port, true);
        secured.setSoTimeout(20_000);
        secured.startHandshake();
    }

    void write(byte[] bytes) throws IOException {
        secured.getOutputStream().write(bytes);
    }

    byte[] readPdu() throws IOException {
        InputStream in = secured.getInputStream();
        byte[] header = in.readNBytes(6);
        byte[] pdu = java.util.Arrays.copyOf(header, 6 + (int) PduReader.uint32(header, 2));
        in.readNBytes(pdu, 6, pdu.length - 6);
        return pdu;
    }

    /** As one segment: what TLS makes of the bytes, and behind it others as they are. */
    void write(byte[] bytes, byte[] raw) throws IOException {
        caught.records.writeBytes(raw(bytes));
        caught.records.writeBytes(raw);
        caught.records.writeTo(caught.wire());
    }

    private byte[] raw(byte[] bytes) throws IOException {
        caught.records.reset();
        caught.catching = true;
        write(bytes);
        caught.catching = false;
        byte[] raw = caught.records.toByteArray();
        caught.records.reset();
        return raw;
    }

    /** A byte, a pause, and so on until all are sent or this is closed. */
    Void trickle(byte[] bytes, Duration pause) throws IOException, InterruptedException {
        for (byte one : raw(bytes)) {
            caught.wire().write(one);
            if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        caught.close();
    }

    /** A connection whose outgoing bytes can be kept back. */
    private static final class Caught extends Socket {

        private final ByteArrayOutputStream records = new ByteArrayOutputStream();
        private volatile boolean catching;

        Caught(int port) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
        }

        OutputStream wire() throws IOException {
            return super.getOutputStream();
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            OutputStream wire = wire();
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    (catching ? records : wire).write(one);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    (catching ? records : wire).write(bytes, offset, length);
                }
            };
        }
    }
}
