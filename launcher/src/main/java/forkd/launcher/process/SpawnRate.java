package forkd.launcher.process;

import java.time.Duration;

/**
 * How many processes may be started now. As in Apache's prefork the number doubles with each tick in which more are
 * wanted, up to a bound, and starts again at one when enough wait: a pool neither lags behind a burst nor floods the
 * machine. For the same reason only so many may be on their way at once: more of them do not get ready sooner. Failed starts
 * back off: after each the pause doubles.
 */
final class SpawnRate {
    /** A JVM of the pool gets ready in less on an idle machine. */
    static final Duration TICK = Duration.ofMillis(100);

    private static final long TICK_NANOS = TICK.toNanos();
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MAX_EACH_TICK = 32;
    private static final int MAX_DOUBLINGS = 6;

    private final int maxStarting;
    private int each = 1;
    private int left = 1;
    private long tick;
    private int failures;
    private long pauseEnd;
    private boolean begun;

    /** @param maxStarting how many may be on their way at once */
    SpawnRate(int maxStarting) {
        this.maxStarting = maxStarting;
    }

    /** For this machine. */
    static SpawnRate ofProcessors(int processors) {
        return new SpawnRate(Math.max(4, 2 * processors));
    }

    /**
     * How many of those that are wanted may be started now.
     *
     * @param starting how many are on their way
     */
    int allow(int wanted, int starting, long now) {
        if (!begun) {
            begun = true;
            tick = now;
            left = wanted; // the first filling is not a burst
        }
        if (failures > 0 && now - pauseEnd < 0) {
            return 0;
        }
        if (now - tick >= TICK_NANOS) {
            tick = now;
            each = wanted > 0 ? Math.min(MAX_EACH_TICK, each * 2) : 1;
            left = each;
        }
        int allowed = Math.max(0, Math.min(Math.min(wanted, left), maxStarting - starting));
        left -= allowed;
        return allowed;
    }

    /** A process has ended before it waited for a connection, or did not get ready in time. */
    void failed(long now) {
        failures++;
        pauseEnd = now + (PAUSE_NANOS << Math.min(failures - 1, MAX_DOUBLINGS));
    }

    /** A process waits for a connection: starts work. */
    void succeeded() {
        failures = 0;
    }

    int failures() {
        return failures;
    }
}
