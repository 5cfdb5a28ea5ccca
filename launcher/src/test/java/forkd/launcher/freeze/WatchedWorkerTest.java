package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Registers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchedWorkerTest {
    private static final CapturedThread ONE = new CapturedThread("one", Registers.of(new byte[Registers.BYTES]));
    private static final CapturedThread TWO = new CapturedThread("two", Registers.of(new byte[Registers.BYTES]));

    private final WatchedWorker worker = new WatchedWorker(12, 1, List.of(ONE, TWO), 720, new EarlyNeed());

    @Test
    void itHasRunWhenItsTimeHasChanged() {
        assertTrue(worker.hasRun(5));
        assertFalse(worker.hasRun(5));
        assertTrue(worker.hasRun(6));
    }

    @Test
    void afterAFailureItIsLookedAtAsIfItHadRun() {
        worker.hasRun(5);
        worker.forgetRun();
        assertTrue(worker.hasRun(5));
    }

    @Test
    void aThreadThatItHasHadIsNotMissingAnyMore() {
        worker.has(ONE);
        assertEquals(List.of(TWO), worker.missing());
    }

    @Test
    void theFirstLookIsTwentyMillisecondsAway() {
        worker.next(1);
        long millis = worker.getDelay(TimeUnit.MILLISECONDS);
        assertTrue(millis <= 20, () -> millis + " ms");
    }

    @Test
    void whoIsDueFirstComesFirst() {
        WatchedWorker later = new WatchedWorker(13, 2, List.of(), 720, new EarlyNeed());
        worker.next(1);
        later.next(1);
        later.next(1);
        assertTrue(worker.compareTo(later) < 0);
    }
}
