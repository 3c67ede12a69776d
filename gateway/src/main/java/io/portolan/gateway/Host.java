package io.portolan.gateway;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The machine that this runs on. */
final class Host {

    private Host() {}

    /** As it calls itself; nobody else need know it by that name. */
    static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
