package forkd.launcher.process;

import java.time.Duration;

/**
 * How many processes may be started now. As in Apache's prefork the number doubles with each second in which more are
 * wanted, up to a bound, and starts again at one when enough wait: a pool neither lags behind a burst nor floods the
 * machine. Failed starts back off: after each the pause doubles.
 */
final class SpawnRate {
    private static final long TICK = Duration.ofSeconds(1).toNanos();
    private static final int MAX_EACH_TICK = 32;
    private static final int MAX_DOUBLINGS = 6;

    private int each = 1;
    private int left = 1;
    private long tick;
    private int failures;
    private long pauseEnd;
    private boolean begun;

    /** How many of those that are wanted may be started now. */
    int allow(int wanted, long now) {
        if (!begun) {
            begun = true;
            tick = now;
            left = wanted; // the first filling is not a burst
        }
        if (failures > 0 && now - pauseEnd < 0) {
            return 0;
        }
        if (now - tick >= TICK) {
            tick = now;
            each = wanted > 0 ? Math.min(MAX_EACH_TICK, each * 2) : 1;
            left = each;
        }
        int allowed = Math.min(wanted, left);
        left -= allowed;
        return allowed;
    }

    /** A process has ended before it waited for a connection. */
    void failed(long now) {
        failures++;
        pauseEnd = now + (TICK << Math.min(failures - 1, MAX_DOUBLINGS));
    }

    /** A process waits for a connection: starts work. */
    void succeeded() {
        failures = 0;
    }

    int failures() {
        return failures;
    }
}
