package forkd.launcher.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.bench.report.Goal;
import forkd.launcher.bench.report.Measurement;
import forkd.launcher.bench.report.Outcome;
import forkd.launcher.bench.report.Report;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToleranceTest {
    @Test
    void onAMachineOfTheSameKindHalfIsALoss() {
        Tolerance tolerance = Tolerance.of(report(7000), report(2400));

        assertEquals(Tolerance.USUAL, tolerance.factor());
        assertTrue(tolerance.isLoss(rate(0.74), rate(1.5)));
        assertFalse(tolerance.isLoss(rate(0.76), rate(1.5)));
    }

    @Test
    void whatShouldBeSmallIsALossWhenItIsTwiceAsLarge() {
        Tolerance tolerance = Tolerance.of(report(7000), report(7000));

        assertTrue(tolerance.isLoss(time(2.1), time(1)));
        assertFalse(tolerance.isLoss(time(1.9), time(1)));
    }

    @Test
    void onAMachineOfAnotherKindAQuarterIsALoss() {
        for (Tolerance tolerance :
                List.of(Tolerance.of(report(7000), report(500)), Tolerance.of(report(500), report(7000)))) {
            assertEquals(Tolerance.OTHER_MACHINE, tolerance.factor());
            assertTrue(tolerance.isLoss(rate(0.37), rate(1.5)), tolerance::why);
            assertFalse(tolerance.isLoss(rate(0.38), rate(1.5)), tolerance::why);
        }
    }

    @Test
    void withoutTheYardstickNothingIsKnownOfTheMachine() {
        assertEquals(Tolerance.USUAL, Tolerance.of(report(7000), report()).factor());
        assertEquals(Tolerance.USUAL, Tolerance.of(report(), report(500)).factor());
    }

    @Test
    void theDistanceIsTheSameInBothDirections() {
        assertEquals(14, Tolerance.distance(report(7000), report(500)).orElseThrow(), 1e-9);
        assertEquals(14, Tolerance.distance(report(500), report(7000)).orElseThrow(), 1e-9);
    }

    private static Report report(double... rates) {
        List<Measurement> measurements = rates.length == 0
                ? List.of()
                : List.of(
                        new Measurement("rate-1", "note", "rate", 1, 1, 1, List.of(1.0)),
                        new Measurement("rate-8", "forkd-fork", "rate", 1, 1, 1, List.of(1.0)),
                        new Measurement("rate-8", "note", "rate", rates[0], rates[0], rates[0], List.of(rates[0])));
        return new Report(Map.of(), Map.of(), List.of(), List.of(), Map.of(), 1, List.of(), measurements);
    }

    private static Outcome rate(double median) {
        return outcome(median, true);
    }

    private static Outcome time(double median) {
        return outcome(median, false);
    }

    private static Outcome outcome(double median, boolean atLeast) {
        Goal goal = new Goal("id", "what", "metric", "rate-8", "forkd-fork", "rate-8", "note", atLeast, 1, "");
        return new Outcome(goal, median, median, median, true, List.of(median));
    }
}
