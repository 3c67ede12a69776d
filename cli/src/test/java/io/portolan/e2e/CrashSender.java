package io.portolan.e2e;

import io.portolan.dicom.engine.Status;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Sends one instance after the other to a gateway that comes and goes, a few to an association, until the run is over; at
 * random of any study. What was refused is sent again later, half of what is in doubt too, and now and then what was
 * acknowledged.
 */
final class CrashSender implements Callable<Void> {

    /** What all senders of a run have in common. */
    static final class Run {

        final SentInstances sent = new SentInstances();
        final RunEnd end = new RunEnd();
        /** Where each gateway is; 0: away. */
        final AtomicIntegerArray ports;
        /** How many new instances may be sent by now. */
        volatile int instancesMax;

        private final AtomicIntegerArray numbers;
        private final AtomicInteger instances = new AtomicInteger();
        private final int pixelBytes;

        Run(int studies, int pixelBytes, int gateways) {
            this.ports = new AtomicIntegerArray(gateways);
            this.numbers = new AtomicIntegerArray(studies);
            this.pixelBytes = pixelBytes;
        }

        private LoadInstance next(Random random) {
            instances.incrementAndGet();
            int study = random.nextInt(numbers.length());
            return new LoadInstance(study, 1 + random.nextInt(3), numbers.incrementAndGet(study), pixelBytes);
        }
    }

    private static final int ASSOCIATION_INSTANCES_MAX = 20;
    private static final int PAUSE_MILLIS_MAX = 60;
    private static final int AWAY_MILLIS = 5;
    private static final double RESENT = 0.1;

    private final Run run;
    private final Random random;
    private final Deque<LoadInstance> again = new ArrayDeque<>();
    private final List<LoadInstance> acknowledged = new ArrayList<>();

    CrashSender(Run run, long seed) {
        this.run = run;
        this.random = new Random(seed);
    }

    @Override
    public Void call() throws InterruptedException {
        while (!run.end.isOver()) {
            int port = run.ports.get(random.nextInt(run.ports.length()));
            if (port == 0) {
                run.end.pass(AWAY_MILLIS);
            } else {
                associate(port);
            }
        }
        return null;
    }

    private void associate(int port) throws InterruptedException {
        try (Scu scu = Scu.associate(port)) {
            int many = 1 + random.nextInt(ASSOCIATION_INSTANCES_MAX);
            for (int i = 0; i < many && run.end.pass(random.nextInt(PAUSE_MILLIS_MAX)); i++) {
                LoadInstance instance = next();
                if (instance == null) {
                    break;
                }
                send(scu, instance);
            }
            scu.release();
        } catch (IOException killed) {
            run.end.pass(AWAY_MILLIS);
        }
    }

    /** Null: enough for now. */
    private @Nullable LoadInstance next() {
        if (!again.isEmpty() && random.nextBoolean()) {
            return again.remove();
        }
        if (!acknowledged.isEmpty() && random.nextDouble() < RESENT) {
            return acknowledged.get(random.nextInt(acknowledged.size()));
        }
        return run.instances.get() < run.instancesMax ? run.next(random) : again.poll();
    }

    private void send(Scu scu, LoadInstance instance) throws IOException {
        Status status;
        try {
            status = scu.store(instance);
        } catch (IOException e) {
            run.sent.unanswered(instance);
            if (random.nextBoolean()) {
                again.add(instance);
            }
            throw e;
        }
        if (run.sent.answered(instance, status)) {
            acknowledged.add(instance);
        } else {
            again.add(instance);
        }
    }
}
