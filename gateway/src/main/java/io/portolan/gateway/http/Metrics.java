package io.portolan.gateway.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * What is measured, by name, for {@code GET /metrics}. The one place that knows Micrometer.
 *
 * <p>Labels have few values that are ours (a category), never a peer's text, and nothing here is a patient's.
 */
public final class Metrics {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Something that only grows; Prometheus shows it as {@code name_total}. */
    public Metrics counter(String name, String help, LongSupplier value) {
        // Micrometer holds the object weakly and the function strongly: the object is one that lives as long as we do.
        FunctionCounter.builder(name, this, metrics -> value.getAsLong())
                .description(help)
                .register(registry);
        return this;
    }

    /** One of several counters that are told apart by a label, whose values the configuration names. */
    public Metrics counter(String name, String help, String label, String which, LongSupplier value) {
        FunctionCounter.builder(name, this, metrics -> value.getAsLong())
                .tag(label, which)
                .description(help)
                .register(registry);
        return this;
    }

    /** One counter for each of a closed set, told apart by a label. */
    public <E extends Enum<E>> Metrics counters(
            String name, String help, String label, E[] kinds, ToLongFunction<E> value) {
        for (E kind : kinds) {
            FunctionCounter.builder(name, kind, value::applyAsLong)
                    .tag(label, kind.name())
                    .description(help)
                    .register(registry);
        }
        return this;
    }

    /** Something that goes up and down; asked when it is scraped. */
    public Metrics gauge(String name, String help, LongSupplier value) {
        Gauge.builder(name, value, LongSupplier::getAsLong)
                .description(help)
                .strongReference(true)
                .register(registry);
        return this;
    }

    /** A distribution of durations, shown in seconds with its count, its sum and buckets. */
    public Consumer<Duration> timer(String name, String help) {
        return Timer.builder(name)
                .description(help)
                .serviceLevelObjectives(
                        Duration.ofMillis(10),
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10))
                .register(registry)::record;
    }

    /** The text format of Prometheus. */
    String scrape() {
        return registry.scrape();
    }
}
