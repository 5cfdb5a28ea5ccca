package forkd.launcher.bench.handler;

import forkd.worker.Connection;
import forkd.worker.ConnectionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Does what the client asks for and says that it has: all that a worker's threads of the VM are for, one thing at a time. */
public final class Task implements ConnectionHandler {
    /** What the answer begins with. */
    public static final String DONE = "done";

    /** What a client may ask for, by its name and a line's end. */
    public enum Kind {
        /** Nothing. */
        NOTHING,
        /** A collection of garbage. */
        COLLECT,
        /** An end of the JVM with a shutdown hook. */
        HOOK,
        /** Waiting. */
        SLEEP,
        /** As much processor time as {@link #SLEEP} waits. */
        COMPUTE,
        /** Much work by code that no warm-up has run: {@link #hot}. */
        HOT;

        /** What a client sends. */
        public String text() {
            return name() + "\n";
        }
    }

    private static final long MILLIS = 30;
    private static final int WORDS = 3_000_000;
    private static final int DIFFERENT = 5000;
    private static final int LONGEST = 16;

    @Override
    public void handle(Connection connection) throws IOException {
        String line = new String(connection.input().readAllBytes(), StandardCharsets.US_ASCII);
        String answer = "there is no such task\n"; // as for who asks only whether somebody is here
        for (Kind kind : Kind.values()) {
            if (kind.text().equals(line)) {
                run(kind);
                answer = DONE + "\n";
            }
        }
        connection.output().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    private static void run(Kind kind) {
        switch (kind) {
            case NOTHING -> {}
            case COLLECT -> System.gc();
            case HOOK -> Runtime.getRuntime().addShutdownHook(new Thread(() -> {}));
            case SLEEP -> sleep();
            case COMPUTE -> compute();
            case HOT -> hot();
        }
    }

    private static void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a worker", e);
        }
    }

    private static void compute() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** Counts words: a second or two for an interpreter, a tenth of it for a compiler's code. */
    private static void hot() {
        Map<String, Integer> counts = new HashMap<>();
        long seed = 1;
        for (int i = 0; i < WORDS; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L; // Knuth's: MMIX
            counts.merge(Long.toString((seed >>> LONGEST) % DIFFERENT, LONGEST), 1, Integer::sum);
        }
        if (counts.size() > 2 * DIFFERENT) {
            throw new IllegalStateException("too many different words: " + counts.size());
        }
    }
}
