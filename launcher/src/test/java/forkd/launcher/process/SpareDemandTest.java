package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Spares by demand, with a clock of the test's own. */
class SpareDemandTest {
    private static final long WINDOW = SpareDemand.WINDOW.toNanos();

    private final Machine machine = new Machine();
    private final SpareDemand demand = new SpareDemand(OptionalInt.empty(), machine);

    private static final class Machine implements SpareDemand.Processors {
        private boolean busy;
        private int looks;

        @Override
        public void mark() {
            looks++;
        }

        @Override
        public boolean wereBusy() {
            looks++;
            return busy;
        }
    }

    @Test
    void aServerThatNobodyAsksKeepsNone() {
        assertEquals(0, demand.spares(0));
        assertTrue(demand.isQuiet());
    }

    @Test
    void aSingleClientNowAndThenIsServedByAFork() {
        for (int second = 0; second < 10; second++) {
            demand.arrival(Duration.ofSeconds(second).toNanos());
        }

        assertEquals(0, demand.spares(Duration.ofSeconds(10).toNanos()));
    }

    @Test
    void theNumberGrowsWithTheArrivalsUpToABound() {
        arrivals(10, 0);
        int few = demand.spares(WINDOW / 2);
        arrivals(100, WINDOW / 2);
        int more = demand.spares(WINDOW / 2);
        arrivals(100_000, WINDOW / 2);
        int most = demand.spares(WINDOW / 2);

        assertTrue(few >= 1 && few < more && more < most, few + ", " + more + ", " + most);
        assertTrue(most <= 16, "" + most);
        assertFalse(demand.isQuiet());
    }

    @Test
    void withoutArrivalsItFallsBackToNone() {
        arrivals(1000, 0);

        for (int window = 1; window <= 20; window++) {
            demand.spares(window * WINDOW);
        }

        assertEquals(2, demand.spares(21 * WINDOW));
        assertEquals(2, demand.spares(SpareDemand.LINGER.toNanos() - 1));
        assertEquals(1, demand.spares(SpareDemand.LINGER.toNanos() + WINDOW));
        assertEquals(0, demand.spares(SpareDemand.LINGER.toNanos() + 2 * WINDOW));
        assertTrue(demand.isQuiet());
    }

    @Test
    void noMoreLingerThanWereWanted() {
        arrivals(5, 0);

        assertEquals(1, demand.spares(WINDOW / 2));
        assertEquals(1, demand.spares(SpareDemand.LINGER.toNanos() - 1));
        assertEquals(0, demand.spares(SpareDemand.LINGER.toNanos() + WINDOW));
    }

    @Test
    void aFixedNumberFollowsNothing() {
        SpareDemand fixed = new SpareDemand(OptionalInt.of(3), machine);

        assertEquals(3, fixed.spares(0));
        assertTrue(fixed.isQuiet());
    }

    @Test
    void whoHasNoTimeLeftKeepsNone() {
        machine.busy = true;
        arrivals(60, 0);
        int before = demand.spares(WINDOW / 2);
        arrivals(1000, WINDOW / 2);

        assertTrue(before > 0, "nobody knows yet");
        assertEquals(0, demand.spares(WINDOW / 2), "a burst does not wait for the end of the window");
        assertEquals(0, demand.spares(WINDOW));
        arrivals(1000, WINDOW);
        assertEquals(0, demand.spares(WINDOW + 1));

        machine.busy = false;
        assertEquals(0, demand.spares(WINDOW + 2));
        assertTrue(demand.spares(2 * WINDOW) > 0);
    }

    @Test
    void whereFewComeNobodyLooksAtTheProcessors() {
        for (int window = 0; window < 5; window++) {
            arrivals(50, window * WINDOW);
        }

        assertEquals(0, machine.looks);
    }

    @Test
    void whoIsBusyWithOtherThingsKeepsThem() {
        machine.busy = true;
        arrivals(50, 0);

        assertTrue(demand.spares(WINDOW) > 0);
    }

    private void arrivals(int count, long now) {
        for (int i = 0; i < count; i++) {
            demand.arrival(now);
        }
    }
}
