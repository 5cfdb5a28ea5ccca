package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainThreadTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 0x0 0x7fbe811fe558 0x2000 0x0 0x0 0x0 0x7fbe811fd4c8 0x7fbe82d4a1ce\n",
                "7 0x7f0000001000 0x1 0xffffffff 0x0 0x0 0x0 0x7fbe811fd4c8 0x7fbe82d4a1ce\n",
                "45 0x0 0x7fbe811fe558 0x2000 0x0 0x0 0x0 0x7fbe811fd4c8 0x7fbe82d4a1ce\n"
            })
    void readAndPollAndRecvWaitForOthers(String text) {
        assertEquals(MainThread.WAITS_FOR_OTHERS, MainThread.parse(text));
    }

    @Test
    void futexWaitsForAThread() {
        assertEquals(
                MainThread.WAITS_FOR_THREAD,
                MainThread.parse("202 0x7fbe829dff20 0x189 0x0 0x0 0x0 0xffffffff 0x7fbe67d05c10 0x7fbe82c51f16\n"));
    }

    @Test
    void aSleepIsAFutexWithATimeLimit() {
        assertEquals(
                MainThread.WAITS_FOR_A_WHILE,
                MainThread.parse(
                        "202 0x7fbe829dff20 0x189 0x0 0x7fbe811fd550 0x0 0xffffffff 0x7fbe67d05c10 0x7fbe82c51f16\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "running\n",
                "-1 0x7fbe811fe558 0x7fbe829dff20\n",
                "35 0x7fbe811fe558 0x0 0x0 0x0 0x0 0x0 0x7fbe811fd4c8 0x7fbe82d4a1ce\n"
            })
    void anythingElseIsWork(String text) {
        assertEquals(MainThread.AT_WORK, MainThread.parse(text));
    }
}
