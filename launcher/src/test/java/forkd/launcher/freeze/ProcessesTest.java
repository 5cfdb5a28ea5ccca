package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Posix;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    /** Larger than any pid of a kernel. */
    private static final int NOBODY = Integer.MAX_VALUE;

    @Test
    void aNameMayHoldParentheses() {
        assertTrue(Processes.hasEnded("12 (a) S (b) Z 1 12 12 0"));
        assertFalse(Processes.hasEnded("12 (a) Z (b) S 1 12 12 0"));
    }

    @Test
    void thisProcessLivesAndHasThreads() throws IOException {
        int pid = Posix.getpid();
        assertFalse(Processes.hasEnded(pid));
        assertTrue(Processes.threads(pid).contains(pid));
    }

    @Test
    void nobodyHasEndedAndHasNone() throws IOException {
        assertTrue(Processes.hasEnded(NOBODY));
        assertEquals(List.of(), Processes.threads(NOBODY));
    }
}
