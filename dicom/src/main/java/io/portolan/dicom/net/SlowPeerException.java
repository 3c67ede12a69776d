package io.portolan.dicom.net;

import java.net.SocketTimeoutException;

/** The peer sends, but less than {@link Pace} wants. */
final class SlowPeerException extends SocketTimeoutException {

    private static final long serialVersionUID = 1L;
}
