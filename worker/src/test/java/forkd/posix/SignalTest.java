package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {

    @ParameterizedTest
    @CsvSource({
        "SIGHUP, 1",
        "SIGINT, 2",
        "SIGKILL, 9",
        "SIGSEGV, 11",
        "SIGPIPE, 13",
        "SIGTERM, 15",
        "SIGCHLD, 17",
        "SIGCONT, 18",
        "SIGSTOP, 19",
        "SIGSYS, 31"
    })
    void hasTheNumberOfLinux(Signal signal, int number) {
        assertEquals(number, signal.number());
    }

    @ParameterizedTest
    @EnumSource
    void isFoundByItsNumber(Signal signal) {
        assertEquals(signal, Signal.of(signal.number()));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33, 34, 50, 64})
    void theRealTimeSignalsAreOne(int number) {
        assertEquals(Signal.SIGRT, Signal.of(number));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65, 127})
    void aNumberOutOfRangeIsNoSignal(int number) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Signal.of(number));

        assertEquals("not a signal: " + number, e.getMessage());
    }

    @Test
    void theShortNameIsTheOneOfKill() {
        assertEquals("TERM", Signal.SIGTERM.shortName());
    }
}
