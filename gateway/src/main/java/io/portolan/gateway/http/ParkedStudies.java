package io.portolan.gateway.http;

import java.time.Instant;
import java.util.List;

/** The studies that were given up for now, as the pages need them. */
public interface ParkedStudies {

    /** One of them; without the error, which may quote a patient's data. */
    record Parked(String study, String category, int attempts, long instances, Instant lastArrival) {}

    List<Parked> list();

    /**
     * Makes studies due now; says how many there are.
     *
     * @throws IllegalArgumentException one is no UID; its text says so
     */
    int replay(List<String> studies);

    /** As {@link #replay}, all that are parked. */
    int replayAll();

    /**
     * As {@link #replay}, all that are parked for this.
     *
     * @throws IllegalArgumentException there is no such category; its text says which there are
     */
    int replay(String category);
}
