package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RawCallTest {
    private static final long SYS_CLOSE = 3;
    private static final long SYS_GETPID = 39;
    private static final long SYS_LSEEK = 8;

    private final RawCall call = RawCall.inWorkerPages();

    @Test
    void theKernelsAnswerComesBack() {
        assertEquals(ProcessHandle.current().pid(), call.call(SYS_GETPID, 0, 0, 0));
    }

    @Test
    void aFailureIsTheErrorNumberBelowZero() {
        assertEquals(-Errno.EBADF.number(), call.call(SYS_CLOSE, -1, 0, 0));
        assertEquals(
                "close(-1) failed: EBADF (Bad file descriptor)",
                LoneCalls.failed("close", -1, LoneCalls.close(-1)).getMessage());
    }

    @Test
    void allThreeArgumentsArePassedOn() throws Exception {
        try (Fd file = Posix.open("/dev/zero")) {
            assertEquals(0, call.call(SYS_LSEEK, file.number(), 0, 0));
            assertEquals(-Errno.EINVAL.number(), call.call(SYS_LSEEK, file.number(), 0, 99));
        }
    }
}
