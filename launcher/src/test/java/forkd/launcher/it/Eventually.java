package forkd.launcher.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what no event tells: that something in /proc settles. */
final class Eventually {
    private Eventually() {}

    /** Looks again and again until it is so; fails with the last look where it never is. */
    static <T> void equal(T expected, Callable<T> look) throws Exception {
        long deadline = System.nanoTime() + ForkdServer.PATIENCE.toNanos();
        T seen = look.call();
        while (!expected.equals(seen) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            seen = look.call();
        }
        assertEquals(expected, seen);
    }
}
