package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProofTimeTest {
    @Test
    void itGrowsWithTheMemoryThatIsCollected() {
        assertEquals(Duration.ofSeconds(10), ProofTime.of(0L));
        assertEquals(Duration.ofSeconds(15), ProofTime.of(256L << 20));
        assertEquals(Duration.ofSeconds(90), ProofTime.of(4L << 30));
    }

    @Test
    void whatIsInMemoryIsTheSecondNumber() {
        assertEquals(3 * 4096, ProofTime.residentBytes("1000 3 2 1 0 5 0\n"));
    }

    @Test
    void aProcessIsLookedAt() {
        Duration own = ProofTime.of((int) ProcessHandle.current().pid());

        assertTrue(own.compareTo(ProofTime.of(10L << 20)) > 0 && own.compareTo(ProofTime.of(64L << 30)) < 0, "" + own);
    }
}
