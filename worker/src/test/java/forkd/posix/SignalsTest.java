package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With signals whose default is to do nothing, so that a failing test does not end the JVM. */
class SignalsTest {
    private static final long SIG_IGN = 1;

    @Test
    void aHandlerRunsWhenItsSignalComes() throws Exception {
        CountDownLatch handled = new CountDownLatch(1);
        Signals.handle(Signal.SIGWINCH, handled::countDown);

        Posix.kill(Posix.getpid(), Signal.SIGWINCH);

        assertTrue(handled.await(30, TimeUnit.SECONDS));
    }

    @Test
    void aLaterHandlerReplacesAnEarlierOne() throws Exception {
        CountDownLatch replaced = new CountDownLatch(1);
        CountDownLatch handled = new CountDownLatch(1);
        Signals.handle(Signal.SIGWINCH, replaced::countDown);
        Signals.handle(Signal.SIGWINCH, handled::countDown);

        Posix.kill(Posix.getpid(), Signal.SIGWINCH);

        assertTrue(handled.await(30, TimeUnit.SECONDS));
        assertEquals(1, replaced.getCount());
    }

    @Test
    void aSignalOfTheVirtualMachineCannotBeHandled() {
        assertThrows(IllegalArgumentException.class, () -> Signals.handle(Signal.SIGSEGV, () -> {}));
    }

    @Test
    void anIgnoredSignalGetsItsDefaultBack() throws IOException {
        Native.LIBC.signal(Signal.SIGURG.number(), SIG_IGN);
        assertTrue(isIgnored(Signal.SIGURG));

        Signals.setDefault(Signal.SIGURG);

        assertFalse(isIgnored(Signal.SIGURG));
    }

    @Test
    void theKillSignalsActionCannotBeSet() {
        ErrnoException e = assertThrows(ErrnoException.class, () -> Signals.setDefault(Signal.SIGKILL));

        assertEquals("signal(SIGKILL) failed: EINVAL (Invalid argument)", e.getMessage());
    }

    private static boolean isIgnored(Signal signal) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                long mask = Long.parseUnsignedLong(
                        line.substring("SigIgn:".length()).strip(), 16);
                return (mask >> (signal.number() - 1) & 1) == 1;
            }
        }
        throw new IllegalStateException("no SigIgn in /proc/self/status");
    }
}
