package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompilersTest {
    @Test
    void aThreadThatSleepsIsKnownByItsState() {
        assertTrue(Compilers.isAsleep("42 (C1 CompilerThre) S 1 42 42 0"));
        assertTrue(Compilers.isAsleep("42 (C1 (a) b) S 1 42 42 0"));
        assertFalse(Compilers.isAsleep("42 (C1 CompilerThre) R 1 42 42 0"));
        assertFalse(Compilers.isAsleep("42 (C1 CompilerThre) D 1 42 42 0"));
    }

    @Test
    void oneThatHasEndedIsNotWaitedFor() {
        assertTrue(Compilers.isAsleep(""));
    }

    @Test
    void itIsWaitedNoLongerThanAsked() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Compilers.awaitRest(Duration.ofMillis(50)));
    }
}
