package forkd.launcher.freeze;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EarlyNeedTest {
    private final EarlyNeed need = new EarlyNeed();

    private void workers(int started, int waited) {
        for (int i = 0; i < started; i++) {
            need.started();
        }
        for (int i = 0; i < waited; i++) {
            need.waited();
        }
    }

    @Test
    void fewWorkersSayNothing() {
        workers(7, 7);
        assertFalse(need.isThere());
    }

    @Test
    void oneInEightIsEnough() {
        workers(64, 8);
        assertTrue(need.isThere());
    }

    @Test
    void fewerThanOneInEightAreNot() {
        workers(65, 8);
        assertFalse(need.isThere());
    }

    @Test
    void staysOnceItIsThere() {
        workers(8, 8);
        workers(1000, 0);
        assertTrue(need.isThere());
    }
}
