package forkd.launcher.freeze;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the workers of a stem need the VM Thread from their first moment, since they collect garbage as soon as they begin.
 * Others get it a little later, from outside, and short ones never: {@link RevivalPolicy}. Once it is so it stays so. Any
 * thread.
 */
public final class EarlyNeed {
    /** Fewer say nothing. */
    private static final int MIN_WAITS = 8;
    /** One in so many has to have waited. */
    private static final int ONE_IN = 8;

    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger waited = new AtomicInteger();
    private volatile boolean there;

    void started() {
        started.incrementAndGet();
    }

    /** At the first look at a worker it waited for another thread. */
    void waited() {
        int waits = waited.incrementAndGet();
        if (waits >= MIN_WAITS && waits * ONE_IN >= started.get()) {
            there = true;
        }
    }

    public boolean isThere() {
        return there;
    }
}
