package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitStatusTest {

    @ParameterizedTest
    @CsvSource({"0x0000, 0", "0x0100, 1", "0x0700, 7", "0x6f00, 111", "0xff00, 255"})
    void anExitHasItsCode(int raw, int code) {
        WaitStatus status = new WaitStatus(raw);

        assertTrue(status.exited());
        assertFalse(status.signaled());
        assertFalse(status.stopped());
        assertEquals(code, status.exitCode());
    }

    @ParameterizedTest
    @CsvSource({"1, SIGHUP", "9, SIGKILL", "13, SIGPIPE", "15, SIGTERM", "31, SIGSYS", "64, SIGRT"})
    void anEndByASignalHasThatSignal(int raw, Signal signal) {
        WaitStatus status = new WaitStatus(raw);

        assertFalse(status.exited());
        assertTrue(status.signaled());
        assertFalse(status.stopped());
        assertEquals(signal, status.signal());
        assertFalse(status.coreDumped());
    }

    @Test
    void aCoreDumpIsToldFromTheSignal() {
        WaitStatus status = new WaitStatus(0x80 | 6);

        assertTrue(status.coreDumped());
        assertEquals(Signal.SIGABRT, status.signal());
    }

    @Test
    void aStopIsNoEnd() {
        WaitStatus status = new WaitStatus(19 << 8 | 0x7f);

        assertTrue(status.stopped());
        assertFalse(status.exited());
        assertFalse(status.signaled());
        assertFalse(status.coreDumped());
        assertEquals(Signal.SIGSTOP, status.signal());
    }

    @Test
    void aContinuedProcessHasNeitherEndedNorStopped() {
        WaitStatus status = new WaitStatus(0xffff);

        assertFalse(status.exited());
        assertFalse(status.signaled());
        assertFalse(status.stopped());
        assertFalse(status.coreDumped());
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 0x8b, 0x137f, 0xffff})
    void onlyAnExitHasACode(int raw) {
        assertThrows(IllegalStateException.class, () -> new WaitStatus(raw).exitCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x700, 0xffff})
    void anExitHasNoSignal(int raw) {
        assertThrows(IllegalStateException.class, () -> new WaitStatus(raw).signal());
    }
}
