package forkd.launcher.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import forkd.launcher.admission.Refusal;
import forkd.launcher.process.Incoming;
import forkd.posix.Errno;
import forkd.posix.ErrnoException;
import forkd.posix.Fd;
import forkd.posix.InetAddr;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static final long SECOND = 1_000_000_000;

    private final RecordedLog log = new RecordedLog();
    private final Refusals refusals = new Refusals(log.log());
    private long ids;

    @Test
    void aRefusalHasALineWithItsLimit() {
        refusals.refused(connection(), new Refusal("max-per-source", "128"), 0);

        assertEquals("reject id=1 peer=192.0.2.1:7 listener=x reason=max-per-source limit=128\n", log.text());
        assertFalse(refusals.nextLook().isPresent());
    }

    @Test
    void aFloodIsCountedAndNothingIsLost() {
        for (int i = 0; i < 1000; i++) {
            refusals.refused(connection(), new Refusal(i % 4 == 0 ? "rate" : "max-per-source", "1"), 0);
        }
        refusals.failed(connection(), new ErrnoException("fork(x)", Errno.EAGAIN), 0);
        assertEquals(10, log.writes().size());
        assertTrue(refusals.nextLook().isPresent());

        refusals.progress(SECOND - 1);
        assertEquals(10, log.writes().size());
        refusals.progress(SECOND);

        assertEquals(
                List.of(
                        "rejects count=743 reason=max-per-source\n",
                        "rejects count=247 reason=rate\n",
                        "rejects count=1 reason=start\n"),
                log.writes().subList(10, log.writes().size()));
        assertFalse(refusals.nextLook().isPresent());
    }

    @Test
    void everySecondHasLinesOfItsOwn() {
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 12; i++) {
                refusals.refused(connection(), new Refusal("rate", "1"), second * SECOND);
            }
        }
        refusals.flush();

        assertEquals(30, log.text().lines().filter(l -> l.startsWith("reject ")).count());
        assertEquals(
                3,
                log.text()
                        .lines()
                        .filter(l -> l.equals("rejects count=2 reason=rate"))
                        .count());
    }

    private Incoming connection() {
        Fd none = new Fd(1_000_000_000);
        return new Incoming(++ids, none, InetAddr.of(new byte[] {(byte) 192, 0, 2, 1}, 7), "x", 0);
    }
}
