package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {
    /** One more than the greatest pid that there can be: proc(5), pid_max. */
    private static final int NOBODY = 1 << 22;

    @Test
    void thatOfAProcessThatHasEndedIsGone() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> new ProcessMemory(NOBODY));
        assertEquals(Errno.ESRCH, e.errno());
    }
}
