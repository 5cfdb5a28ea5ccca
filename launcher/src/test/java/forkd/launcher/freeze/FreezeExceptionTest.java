package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FreezeExceptionTest {
    @ParameterizedTest
    @EnumSource(names = {"ESRCH", "EPIPE", "ECONNRESET", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "ETIMEDOUT"})
    void whatAnotherTryMayNotMeetPasses(Errno errno) {
        assertTrue(FreezeException.isPassing(new ErrnoException("call", errno)));
    }

    @ParameterizedTest
    @EnumSource(names = {"EPERM", "EACCES", "EROFS", "ENOSYS", "EIO", "EINVAL", "ENOENT"})
    void whatIsForbiddenOrNotThereStays(Errno errno) {
        assertFalse(FreezeException.isPassing(new ErrnoException("call", errno)));
    }

    @Test
    void whatIsNoSystemCallIsTriedAgain() {
        assertTrue(FreezeException.isPassing(new IOException("end of file")));
    }

    @Test
    void aFailedStepKeepsItsMessageAndWhatAnotherTryWouldBring() {
        FreezeException e = FreezeException.of(new ErrnoException("open(/proc/12/mem)", Errno.EACCES));
        assertEquals("open(/proc/12/mem) failed: EACCES (Permission denied)", e.getMessage());
        assertFalse(FreezeException.isPassing(e));
        assertFalse(e.isOfHandler());
        assertSame(e, FreezeException.of(e));
    }
}
