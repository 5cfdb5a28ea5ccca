package forkd.launcher.process;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * How many spares are wanted. A spare takes the fork off a connection's path and costs memory while it waits; so none is
 * kept for a server that is rarely asked, a few for one that is, and the number falls again when the arrivals stop. The last
 * one stays a little longer: where many have come, others will.
 *
 * <p>Where so many come that the processors have no time left, none is kept either: a spare is a little more work than a fork,
 * and there is no time without work to do it in.
 */
final class SpareDemand {
    /** The arrivals of one window decide about the next. */
    static final Duration WINDOW = Duration.ofMillis(500);

    /** The last spare stays so long after the last arrivals that were many. */
    static final Duration LINGER = Duration.ofMinutes(1);

    private static final int MAX = 8;
    /** One more spare for so many arrivals in a window. */
    private static final int ARRIVALS_EACH = 25;
    /** A single client that comes now and then is served by a fork. */
    private static final int MIN_ARRIVALS = 3;

    /** From so many arrivals in a window the server may be what keeps the processors busy. */
    private static final int MANY_ARRIVALS = MAX * ARRIVALS_EACH;

    private final OptionalInt fixed;
    private final BooleanSupplier wasBusy;
    private boolean started;
    private boolean busy;
    private long windowStart;
    private int arrivals;
    private int target;
    private long lastNeed;

    /**
     * @param fixed the number that was asked for, empty to follow the demand
     * @param wasBusy whether the processors have had no time left since it was asked last
     */
    SpareDemand(OptionalInt fixed, BooleanSupplier wasBusy) {
        this.fixed = fixed;
        this.wasBusy = wasBusy;
    }

    /** A connection has come. */
    void arrival(long now) {
        roll(now);
        arrivals++;
        if (arrivals >= MIN_ARRIVALS) {
            // Growth does not wait for the end of the window: a burst is served by what it finds.
            target = Math.max(target, wanted(arrivals));
            lastNeed = now;
        }
    }

    /** How many there should be now. */
    int spares(long now) {
        if (fixed.isPresent()) {
            return fixed.getAsInt();
        }
        roll(now);
        return busy ? 0 : target;
    }

    /** Whether nothing will change without an arrival. */
    boolean isQuiet() {
        return fixed.isPresent() || target == 0;
    }

    private void roll(long now) {
        if (!started) {
            started = true;
            windowStart = now;
        }
        long passed = now - windowStart;
        if (passed >= WINDOW.toNanos()) {
            // Arrivals of a window that is long over say nothing of now.
            boolean lastWindow = passed < 2 * WINDOW.toNanos();
            int wanted = lastWindow && arrivals >= MIN_ARRIVALS ? wanted(arrivals) : 0;
            int least = target > 0 && now - lastNeed < LINGER.toNanos() ? 1 : 0;
            target = Math.max(Math.max(wanted, least), target - 1);
            // Asked in any case, since the answer is about the time since.
            boolean noTime = target > 0 && wasBusy.getAsBoolean();
            busy = noTime && lastWindow && arrivals >= MANY_ARRIVALS;
            windowStart = now;
            arrivals = 0;
        }
    }

    private static int wanted(int arrivals) {
        return Math.min(MAX, 1 + arrivals / ARRIVALS_EACH);
    }
}
