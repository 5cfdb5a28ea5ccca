package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has ended, and who sleeps. */
class ProcessStateTest {
    /** Larger than any pid of a kernel. */
    private static final int NOBODY = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    @Test
    void aNameMayHoldParentheses() {
        assertTrue(ProcessState.hasEnded("12 (a) S (b) Z 1 12 12 0"));
        assertFalse(ProcessState.hasEnded("12 (a) Z (b) S 1 12 12 0"));
    }

    @Test
    void whoSleepsIsNotAtWork() {
        assertTrue(ProcessState.isAsleep("12 (C1 CompilerThre) S 1 12 12 0"));
        assertTrue(ProcessState.isAsleep("12 (a) R (b) S 1 12 12 0"));
        assertFalse(ProcessState.isAsleep("12 (C1 CompilerThre) R 1 12 12 0"));
        assertFalse(ProcessState.isAsleep("12 (C1 CompilerThre) D 1 12 12 0"));
    }

    @Test
    void thisProcessLives() {
        assertFalse(ProcessState.hasEnded(Posix.getpid()));
    }

    @Test
    void nobodyHasEnded() {
        assertTrue(ProcessState.hasEnded(NOBODY));
    }

    @Test
    void whoCannotBeReadHasNotEnded() throws IOException {
        Files.createDirectory(folder.resolve("stat"));

        assertFalse(ProcessState.hasEnded(folder));
    }
}
