package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProcessMemoryTest {
    /** One more than the greatest pid that there can be: proc(5), pid_max. */
    private static final int NOBODY = 1 << 22;

    @Test
    void thatOfAProcessThatHasEndedIsGone() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> new ProcessMemory(NOBODY));
        assertEquals(Errno.ESRCH, e.errno());
    }

    @Test
    @Timeout(20)
    void thatOfAProcessThatEndsIsGone() throws Exception {
        Process process = new ProcessBuilder("sleep", "20").start();
        try (ProcessMemory memory = new ProcessMemory((int) process.pid())) {
            process.destroyForcibly().waitFor();

            ErrnoException write = assertThrows(ErrnoException.class, () -> memory.putInt(0x1000, 1));
            assertEquals(Errno.ESRCH, write.errno());
            ErrnoException read = assertThrows(ErrnoException.class, () -> memory.getInt(0x1000));
            assertEquals(Errno.ESRCH, read.errno());
            ByteBuffer nothing = ByteBuffer.allocate(1);
            memory.readWhatIsThere(0x1000, nothing);
            assertEquals(0, nothing.position());
        } finally {
            process.destroyForcibly();
        }
    }
}
