package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StackPageTest {
    @Test
    void theSameFrameHasTheSameRoom() {
        int first = left();

        assertTrue(first >= 0 && first < 4096, () -> first + " bytes of a page");
        assertEquals(first, left());
    }

    private static int left() {
        return StackPage.left();
    }
}
