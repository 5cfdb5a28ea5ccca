package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RevivalPolicyTest {
    private static final long LITTLE = Duration.ofMillis(79).toNanos();
    private static final long MUCH = Duration.ofMillis(80).toNanos();

    @Test
    void whoWaitsForItsClientNeedsNothing() {
        assertFalse(RevivalPolicy.isNeeded(MainThread.WAITS_FOR_OTHERS, 9, LITTLE));
    }

    @Test
    void whoWaitsForAThreadNeedsItAtOnce() {
        assertTrue(RevivalPolicy.isNeeded(MainThread.WAITS_FOR_THREAD, 1, 0));
    }

    @Test
    void whoSleepsNeedsNothingAtFirst() {
        assertFalse(RevivalPolicy.isNeeded(MainThread.WAITS_FOR_A_WHILE, 1, LITTLE));
        assertTrue(RevivalPolicy.isNeeded(MainThread.WAITS_FOR_A_WHILE, 2, 0));
    }

    @Test
    void whoIsAtWorkMayOnlyBeQueuingForAProcessor() {
        assertFalse(RevivalPolicy.isNeeded(MainThread.AT_WORK, 9, LITTLE));
    }

    @ParameterizedTest
    @EnumSource
    void whoHasComputedNeedsCompilers(MainThread main) {
        assertTrue(RevivalPolicy.isNeeded(main, 1, MUCH));
    }

    @Test
    void looksBecomeRareAndNeverStop() {
        assertEquals(Duration.ofMillis(20), RevivalPolicy.delay(0));
        for (int i = 0; i < 10; i++) {
            assertTrue(RevivalPolicy.delay(i).compareTo(RevivalPolicy.delay(i + 1)) <= 0);
        }
        assertEquals(Duration.ofSeconds(1), RevivalPolicy.delay(1_000_000));
    }
}
