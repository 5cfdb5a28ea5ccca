package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AcceptErrorsTest {
    private final RecordedLog log = new RecordedLog();
    private final AcceptErrors errors = new AcceptErrors(log.log());

    @Test
    void thereIsNoPauseAtFirst() {
        assertFalse(errors.isPausing());
        assertNull(errors.pause());
    }

    @ParameterizedTest
    @EnumSource(names = {"EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "ENOSR"})
    void whereTheSystemIsOutOfSomethingTheLoopPauses(Errno errno) throws ErrnoException {
        errors.handle(accept(errno));

        assertTrue(errors.isPausing());
        assertEquals(Duration.ofMillis(100), errors.pause());
    }

    @Test
    void aPauseEnds() throws ErrnoException {
        errors.handle(accept(Errno.EMFILE));

        while (errors.isPausing()) {
            Thread.onSpinWait();
        }

        assertNull(errors.pause());
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "ENETDOWN",
                "EPROTO",
                "ENOPROTOOPT",
                "EHOSTDOWN",
                "ENONET",
                "EHOSTUNREACH",
                "EOPNOTSUPP",
                "ENETUNREACH",
                "EPERM",
                "ETIMEDOUT",
                "ESOCKTNOSUPPORT",
                "EPROTONOSUPPORT"
            })
    void anErrorOfTheNetworkIsToldAndTheLoopGoesOn(Errno errno) throws ErrnoException {
        errors.handle(accept(errno));

        assertFalse(errors.isPausing());
        assertEquals(1, log.writes().size());
    }

    @ParameterizedTest
    @EnumSource(names = {"EBADF", "EINVAL", "ENOTSOCK", "EFAULT", "UNKNOWN"})
    void aBugOfOursIsThrown(Errno errno) {
        ErrnoException bug = accept(errno);

        assertSame(bug, assertThrows(ErrnoException.class, () -> errors.handle(bug)));
        assertEquals(List.of(), log.writes());
    }

    @Test
    void theWarningNamesTheCallAndTheError() throws ErrnoException {
        errors.handle(accept(Errno.EMFILE));

        assertEquals("warn message=\"accept(fd 9) failed: EMFILE (Too many open files)\"\n", log.text());
    }

    @Test
    void aStormOfErrorsIsOneWarning() throws ErrnoException {
        for (int i = 0; i < 1000; i++) {
            errors.handle(accept(Errno.EMFILE));
        }

        assertEquals(1, log.writes().size());
    }

    private static ErrnoException accept(Errno errno) {
        return new ErrnoException("accept(fd 9)", errno);
    }
}
