package io.portolan.gateway.http;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether instances can be taken now.
 *
 * <p>A FHIR server that is away does not make the gateway unready: it goes on taking instances, and publishes later.
 *
 * @param ready whether a modality that sends now is served
 * @param parts a word for each part: {@code up}, or what is wrong
 */
public record Health(boolean ready, SortedMap<String, String> parts) {

    public Health {
        parts = new TreeMap<>(parts);
    }
}
