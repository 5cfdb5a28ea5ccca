package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Posix;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTest {
    /** Larger than any pid of a kernel. */
    private static final int NOBODY = Integer.MAX_VALUE;

    @Test
    void thisProcessHasThreads() throws IOException {
        int pid = Posix.getpid();
        assertTrue(Processes.threads(pid).contains(pid));
    }

    @Test
    void nobodyHasNone() throws IOException {
        assertEquals(List.of(), Processes.threads(NOBODY));
    }
}
