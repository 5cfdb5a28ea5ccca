package forkd.launcher.process;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProcessorLoadTest {
    private final ProcessorLoad load = new ProcessorLoad();

    @Test
    void looksAtTheTimeSinceTheLastLook() {
        assertFalse(load.wereBusy("cpu  10 0 10 1000 0 0 0 0 0 0"));

        assertTrue(load.wereBusy("cpu  60 0 55 1003 0 0 2 0 0 0"));
        assertFalse(load.wereBusy("cpu  100 0 60 1053 0 0 2 0 0 0"));
    }

    @Test
    void whatIsNiceOrWaitsMakesRoom() {
        load.wereBusy("cpu  0 0 0 0 0 0 0 0 0 0");

        assertFalse(load.wereBusy("cpu  50 50 0 0 0 0 0 0 0 0"));
        assertFalse(load.wereBusy("cpu  100 50 0 0 50 0 0 0 0 0"));
        assertTrue(load.wereBusy("cpu  150 50 0 0 50 0 0 50 0 0"), "what others on the machine below take is gone");
    }

    @Test
    void whereNothingIsToldNobodyIsBusy() {
        assertFalse(load.wereBusy(""));
        assertFalse(load.wereBusy("cpu  1 2 3 4"));
        assertFalse(load.wereBusy("cpu  1 2 3 4 5 6 7 8"));
        assertFalse(load.wereBusy("cpu  1 2 3 4 5 6 7 8"), "no time has passed");
    }

    @Test
    void readsTheKernels() {
        assertDoesNotThrow(() -> load.wereBusy());
    }
}
