package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import forkd.posix.WaitStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EarlyEndsTest {
    private static final WaitStatus FIRST = new WaitStatus(0);
    private static final WaitStatus SECOND = new WaitStatus(9);
    private static final long NOW = System.nanoTime();

    private final EarlyEnds ends = new EarlyEnds(NOW);

    @Test
    void anEndIsThereUntilItIsTaken() {
        ends.add(11, FIRST, NOW);
        ends.add(12, SECOND, NOW);

        assertEquals(FIRST, ends.get(11));
        ends.remove(11);

        assertNull(ends.get(11));
        assertEquals(SECOND, ends.get(12));
    }

    @Test
    void whatNobodyAsksForIsNotKeptForEver() {
        ends.add(11, FIRST, NOW);
        ends.add(12, FIRST, after(EarlyEnds.KEPT));
        assertEquals(FIRST, ends.get(11), "it is kept for so long at least");

        ends.add(13, FIRST, after(EarlyEnds.KEPT.multipliedBy(2)));

        assertNull(ends.get(11));
        assertEquals(FIRST, ends.get(12));
    }

    @Test
    void ofTwoEndsWithOnePidTheLaterCounts() {
        ends.add(11, FIRST, NOW);
        ends.add(11, SECOND, after(EarlyEnds.KEPT));
        assertEquals(SECOND, ends.get(11));

        ends.remove(11);

        assertNull(ends.get(11));
    }

    private static long after(Duration time) {
        return NOW + time.toNanos();
    }
}
