package io.portolan.bench;

import java.util.Arrays;

/** {@code receive [COUNT [ROUNDS]]} runs the receiving driver; anything else goes to JMH. */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("receive")) {
            ReceiveBench.run(Arrays.copyOfRange(args, 1, args.length));
        } else {
            org.openjdk.jmh.Main.main(args);
        }
    }
}
