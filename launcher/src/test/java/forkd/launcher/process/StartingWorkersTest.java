package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers that have not got ready yet. */
class StartingWorkersTest {
    private final StartingWorkers starting = new StartingWorkers(Duration.ofNanos(10));

    @Test
    void whoseTimeHasRunOutIsToldOnce() {
        starting.add(1, 0);
        starting.add(2, 5);

        assertEquals(List.of(), starting.takeLate(9));
        assertEquals(List.of(1), starting.takeLate(10));
        assertEquals(List.of(2), starting.takeLate(15));
        assertEquals(List.of(), starting.takeLate(99));
        assertEquals(2, starting.size());
    }

    @Test
    void whoWaitsIsLateNoMore() {
        starting.add(1, 0);
        starting.takeLate(10);
        assertTrue(starting.isLate(1));

        assertTrue(starting.remove(1));
        assertFalse(starting.isLate(1));
        assertFalse(starting.remove(1));
        assertEquals(List.of(), starting.takeLate(99));
    }
}
