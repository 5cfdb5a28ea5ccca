package forkd.zygote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** How many connections one worker serves. */
class TurnsTest {
    @Test
    void oneIsOne() {
        assertEquals(1, Turns.of(1, bound -> bound - 1));
    }

    @Test
    void atLeastOneLessMayBe() {
        assertEquals(2, Turns.of(2, bound -> 0));
        assertEquals(1, Turns.of(2, bound -> bound - 1));
    }

    @Test
    void aTenthLessMayBe() {
        assertEquals(100, Turns.of(100, bound -> 0));
        assertEquals(90, Turns.of(100, bound -> bound - 1));
    }
}
