package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How fast a pool grows. */
class SpawnRateTest {
    private static final long TICK = SpawnRate.TICK.toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SpawnRate rate = new SpawnRate(100);

    @Test
    void theFirstFillingIsNoBurst() {
        assertEquals(5, rate.allow(5, 0, 0));
        assertEquals(0, rate.allow(5, 0, 1));
    }

    @Test
    void whileMoreAreWantedTheNumberDoubles() {
        rate.allow(0, 0, 0);

        assertEquals(2, rate.allow(99, 0, TICK));
        assertEquals(4, rate.allow(99, 0, 2 * TICK));
        assertEquals(8, rate.allow(99, 0, 3 * TICK));
        assertEquals(0, rate.allow(99, 0, 3 * TICK + 1));
    }

    @Test
    void afterAQuietTickItBeginsAnew() {
        rate.allow(0, 0, 0);
        rate.allow(99, 0, TICK);
        rate.allow(99, 0, 2 * TICK);
        rate.allow(0, 0, 3 * TICK);

        assertEquals(1, rate.allow(99, 0, 3 * TICK + 1));
        assertEquals(2, rate.allow(99, 0, 4 * TICK));
    }

    @Test
    void onlySoManyAreOnTheirWayAtOnce() {
        SpawnRate few = new SpawnRate(4);

        assertEquals(4, few.allow(9, 0, 0));
        assertEquals(0, few.allow(9, 4, TICK));
        assertEquals(1, few.allow(9, 3, TICK + 1));
    }

    @Test
    void afterFailuresThePauseDoubles() {
        rate.allow(1, 0, 0);
        rate.failed(0);
        assertEquals(0, rate.allow(1, 0, SECOND - 1));
        assertEquals(1, rate.allow(1, 0, SECOND));
        rate.failed(SECOND);
        assertEquals(0, rate.allow(1, 0, 3 * SECOND - 1));
        assertEquals(1, rate.allow(1, 0, 3 * SECOND));

        rate.succeeded();
        rate.failed(4 * SECOND);
        assertEquals(1, rate.allow(1, 0, 5 * SECOND));
    }
}
