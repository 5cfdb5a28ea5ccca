package forkd.launcher.process;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How many spares are wanted. A spare takes the fork off a connection's path and costs memory while it waits; so none is
 * kept for a server that is rarely asked, a few for one that is, and the number falls again when the arrivals stop. The last
 * two stay a little longer: where many have come, others will, and while one of them serves the first of these the other is there for
 * the second.
 *
 * <p>Where so many come that the processors have no time left, none is kept either: a spare is a little more work than a fork,
 * and there is no time without work to do it in.
 */
final class SpareDemand {
    /** The arrivals of one window decide about the next. */
    static final Duration WINDOW = Duration.ofMillis(500);

    /** The last spares stay so long after the last arrivals that were many. */
    static final Duration LINGER = Duration.ofMinutes(1);

    private static final int LINGERING = 2;

    private static final int MAX = 8;
    /** One more spare for so many arrivals in a window. */
    private static final int ARRIVALS_EACH = 25;
    /** A single client that comes now and then is served by a fork. */
    private static final int MIN_ARRIVALS = 3;

    /** From so many arrivals in a window the server may be what keeps the processors busy, be they slow ones. */
    private static final int MANY_ARRIVALS = 3 * ARRIVALS_EACH;
    /** A burst that takes all of the processors' time is noticed in its first window. */
    private static final int FIRST_LOOK = MANY_ARRIVALS * 3 / 4;

    /** Those of the machine, whoever uses them. */
    interface Processors {
        /** The next answer is about the time from now on. */
        void mark();

        /** Whether they have had hardly any time left since the last answer or mark. */
        boolean wereBusy();
    }

    private final OptionalInt fixed;
    private final Processors processors;
    private boolean started;
    private boolean busy;
    private long windowStart;
    private int arrivals;
    private int target;
    private long lastNeed;

    /**
     * @param fixed the number that was asked for, empty to follow the demand
     */
    SpareDemand(OptionalInt fixed, Processors processors) {
        this.fixed = fixed;
        this.processors = processors;
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
        // A look takes longer than all else that is done for a connection, so where few come nobody looks.
        if (!busy && arrivals == FIRST_LOOK) {
            processors.mark();
        } else if (!busy && arrivals == MANY_ARRIVALS) {
            busy = processors.wereBusy();
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
            int least = now - lastNeed < LINGER.toNanos() ? Math.min(target, LINGERING) : 0;
            target = Math.max(Math.max(wanted, least), target - 1);
            busy = lastWindow && arrivals > MANY_ARRIVALS && processors.wereBusy();
            windowStart = now;
            arrivals = 0;
        }
    }

    private static int wanted(int arrivals) {
        return Math.min(MAX, 1 + arrivals / ARRIVALS_EACH);
    }
}
