package forkd.launcher.admission;

/**
 * A rate that recovers by itself: a bucket of {@code burst} tokens, into which one falls every {@code interval}. Kept as one
 * number, the time at which the bucket is full again (the generic cell rate algorithm), so nothing is added up and nothing
 * drifts. Times are {@link System#nanoTime}'s. Used under its owner's lock.
 */
final class TokenBucket {
    private final long interval;
    /** How far ahead the full bucket may be while there is a token. */
    private final long tolerance;

    private final long start;
    /** When the bucket is full again, counted from the start. */
    private long full;

    /** A full bucket. */
    TokenBucket(Rate rate, long now) {
        interval = rate.interval();
        tolerance = (rate.burst() - 1) * interval;
        start = now;
    }

    /** In how many nanoseconds there is a token; 0 for now. */
    long nanosToToken(long now) {
        return Math.max(0, full - tolerance - (now - start));
    }

    boolean hasToken(long now) {
        return nanosToToken(now) == 0;
    }

    /** Takes the token that there is. */
    void take(long now) {
        if (!hasToken(now)) {
            throw new IllegalStateException("the bucket is empty");
        }
        full = Math.max(full, now - start) + interval;
    }
}
