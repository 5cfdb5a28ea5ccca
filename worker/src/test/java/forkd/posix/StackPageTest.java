package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StackPageTest {
    private static final int PAGE_BYTES = 4096;

    /** A step is small: so whoever goes down one by one comes to any place of the page. */
    @Test
    void stepsDownTheStackAreSeen() {
        int least = PAGE_BYTES;
        int most = 0;
        for (int steps = 0; steps < 100; steps++) {
            int room = leftBelow(steps);
            assertTrue(room >= 0 && room < PAGE_BYTES, () -> room + " bytes of a page");
            least = Math.min(least, room);
            most = Math.max(most, room);
        }
        assertTrue(least < 600, least + " bytes at least");
        assertTrue(most > PAGE_BYTES - 600, most + " bytes at most");
    }

    private static int leftBelow(int steps) {
        return steps == 0 ? StackPage.left() : leftBelow(steps - 1);
    }
}
