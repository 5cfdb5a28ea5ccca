package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StopRequestTest {
    private final AtomicInteger wakes = new AtomicInteger();
    private final StopRequest stop = new StopRequest(wakes::incrementAndGet);

    @Test
    void nothingIsRequestedAtFirst() {
        assertFalse(stop.isRequested());
        assertFalse(stop.isImmediate());
        assertEquals(0, wakes.get());
    }

    @Test
    void theFirstSignalIsAPoliteRequest() {
        stop.signal();

        assertTrue(stop.isRequested());
        assertFalse(stop.isImmediate());
    }

    @Test
    void theSecondSignalWantsTheEndNow() {
        stop.signal();
        stop.signal();

        assertTrue(stop.isRequested());
        assertTrue(stop.isImmediate());
    }

    @Test
    void furtherSignalsChangeNothing() {
        for (int i = 0; i < 5; i++) {
            stop.signal();
        }

        assertTrue(stop.isImmediate());
    }

    @Test
    void everySignalWakesTheServer() {
        stop.signal();
        stop.signal();

        assertEquals(2, wakes.get());
    }

    @Test
    void whoIsWokenSeesTheRequest() {
        boolean[] seen = new boolean[1];
        StopRequest[] self = new StopRequest[1];
        self[0] = new StopRequest(() -> seen[0] = self[0].isRequested());

        self[0].signal();

        assertTrue(seen[0]);
    }
}
