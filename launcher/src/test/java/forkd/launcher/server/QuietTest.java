package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import forkd.posix.TcpTraffic;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuietTest {
    /** In milliseconds since the worker's start. */
    private final Quiet quiet = new Quiet(Optional.empty(), 0);

    @Test
    void aConnectionOnWhichNothingHasGoneIsQuietSinceItsStart() {
        assertEquals(1000, look(1000, 0, 0, 1000));
        assertEquals(2500, look(2500, 0, 0, 2500));
    }

    @Test
    void aByteThatCameEndsTheQuiet() {
        assertEquals(200, look(1000, 1, 0, 200));
        assertEquals(1200, look(2000, 1, 0, 1200));
        assertEquals(10, look(2100, 2, 0, 10));
    }

    @Test
    void aByteThatWasTakenEndsTheQuiet() {
        assertEquals(1000, look(1000, 5, 0, 1000));
        assertEquals(300, look(2000, 5, 7, 300));
    }

    /** The kernel sends again and again; the client takes nothing. */
    @Test
    void dataThatIsOnlySentAgainDoesNotEndTheQuiet() {
        assertEquals(100, look(1000, 5, 7, 100));
        assertEquals(1100, look(2000, 5, 7, 20));
        assertEquals(2100, look(3000, 5, 7, 1));
    }

    @Test
    void aConnectionThatNobodyHoldsAnyMoreIsQuiet() {
        assertEquals(100, look(1000, 5, 7, 100));
        assertEquals(1100, millis(quiet.look(Optional.empty(), nanos(2000))));
    }

    @Test
    void whatWentBeforeTheStartDoesNotCount() {
        assertEquals(1000, look(1000, 5, 7, 4000));
    }

    private long look(long now, long received, long acknowledged, long quietMillis) {
        return millis(quiet.look(Optional.of(new TcpTraffic(received, acknowledged, quietMillis)), nanos(now)));
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
