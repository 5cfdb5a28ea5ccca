package forkd.launcher.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PenaltiesTest {
    private static final long SECOND = 1_000_000_000;
    private static final Source A = new Source.User(1);
    private static final Source B = new Source.User(2);

    private final PenaltyRules rules = new PenaltyRules(
            Map.of(Offence.CRASH, Duration.ofSeconds(90), Offence.EXIT, Duration.ofSeconds(5)),
            Duration.ofSeconds(15),
            Duration.ofSeconds(200));
    private final Penalties penalties = new Penalties(rules, 3);

    @Test
    void aCrashCountsAtOnceForItsSourceOnlyAndPasses() {
        assertEquals(
                Optional.of(new Penalty(A, Offence.CRASH, Duration.ofSeconds(90))), penalties.add(A, Offence.CRASH, 0));

        assertTrue(penalties.counts(A, 90 * SECOND - 1));
        assertFalse(penalties.counts(B, 0));
        assertFalse(penalties.counts(A, 90 * SECOND));
    }

    @Test
    void whatHasNoPriceCostsNothing() {
        assertEquals(Optional.empty(), penalties.add(A, Offence.TIMEOUT, 0));

        assertFalse(penalties.counts(A, 0));
        assertEquals(0, penalties.size());
    }

    @Test
    void smallOnesAddUpUntilTheyCount() {
        assertEquals(Optional.empty(), penalties.add(A, Offence.EXIT, 0));
        assertEquals(Optional.empty(), penalties.add(A, Offence.EXIT, 0));
        assertFalse(penalties.counts(A, 0));

        assertEquals(
                Optional.of(new Penalty(A, Offence.EXIT, Duration.ofSeconds(15))), penalties.add(A, Offence.EXIT, 0));

        assertTrue(penalties.counts(A, 15 * SECOND - 1), "it counts to its end, and not only down to the minimum");
        assertFalse(penalties.counts(A, 15 * SECOND));
    }

    @Test
    void smallOnesThatAreFarApartNeverCount() {
        for (int i = 0; i < 100; i++) {
            assertEquals(Optional.empty(), penalties.add(A, Offence.EXIT, i * 5L * SECOND));
        }
    }

    @Test
    void onlyTheBeginningIsTold() {
        assertTrue(penalties.add(A, Offence.CRASH, 0).isPresent());
        assertFalse(penalties.add(A, Offence.CRASH, SECOND).isPresent());
        assertTrue(penalties.add(A, Offence.CRASH, 500 * SECOND).isPresent());
    }

    @Test
    void theSumHasALimit() {
        for (int i = 0; i < 10; i++) {
            penalties.add(A, Offence.CRASH, 0);
        }

        assertTrue(penalties.counts(A, 200 * SECOND - 1));
        assertFalse(penalties.counts(A, 200 * SECOND));
    }

    @Test
    void aFullTableForgetsWhoWouldBeFreeFirst() {
        penalties.add(new Source.User(10), Offence.CRASH, 0);
        penalties.add(new Source.User(11), Offence.EXIT, 0);
        penalties.add(new Source.User(12), Offence.CRASH, 0);

        penalties.add(new Source.User(13), Offence.CRASH, 0);

        assertEquals(3, penalties.size());
        assertTrue(penalties.counts(new Source.User(10), 0));
        assertTrue(penalties.counts(new Source.User(13), 0));
    }

    @Test
    void whatHasPassedTakesNoPlace() {
        penalties.add(A, Offence.EXIT, 0);
        penalties.add(B, Offence.CRASH, 100 * SECOND);

        assertEquals(1, penalties.size());
    }

    @Test
    void theRulesAreWrittenAsTheOptionIs() {
        assertEquals("crash=90s,exit=5s,min=15s,max=200s", rules.toString());
    }
}
