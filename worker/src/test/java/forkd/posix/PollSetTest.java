package forkd.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollSetTest {
    private final PollSet poll = new PollSet(2);
    private Pipe first;
    private Pipe second;

    @BeforeEach
    void open() throws IOException {
        first = Posix.pipe();
        second = Posix.pipe();
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void nothingIsReadyWhereNothingWasWritten() throws IOException {
        int index = poll.add(first.readEnd());

        assertFalse(poll.await(Duration.ZERO));
        assertFalse(poll.isReady(index));
    }

    @Test
    void onlyTheDescriptorWithInputIsReady() throws IOException {
        int quiet = poll.add(first.readEnd());
        int written = poll.add(second.readEnd());
        TestSockets.send(second.writeEnd(), "x");

        assertTrue(poll.await(null));

        assertFalse(poll.isReady(quiet));
        assertTrue(poll.isReady(written));
    }

    @Test
    void theEndOfFileIsReady() throws IOException {
        int index = poll.add(first.readEnd());
        first.writeEnd().close();

        assertTrue(poll.await(null));
        assertTrue(poll.isReady(index));
    }

    @Test
    void aWaitingConnectionIsReady() throws IOException {
        try (Fd listener = TestSockets.listener(TestSockets.loopback())) {
            int index = poll.add(listener);
            Fd client = TestSockets.connected(listener);

            assertTrue(poll.await(null));

            assertTrue(poll.isReady(index));
            client.close();
        }
    }

    @Test
    void aWriterWakesASleeper() throws IOException, InterruptedException {
        poll.add(first.readEnd());
        Thread writer = new Thread(() -> {
            try {
                TestSockets.send(first.writeEnd(), "x");
            } catch (ErrnoException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();

        assertTrue(poll.await(null));
        writer.join();
    }

    @Test
    void anEmptySetWaitsForTheTimeOnly() throws IOException {
        assertFalse(poll.await(Duration.ofMillis(1)));
    }

    @Test
    void readinessEndsWithTheNextWait() throws IOException {
        int index = poll.add(first.readEnd());
        TestSockets.send(first.writeEnd(), "x");
        poll.await(null);
        TestSockets.receive(first.readEnd());

        poll.await(Duration.ZERO);

        assertFalse(poll.isReady(index));
    }

    @Test
    void aClearedSetIsFilledAnew() throws IOException {
        poll.add(first.readEnd());
        poll.add(second.readEnd());
        TestSockets.send(first.writeEnd(), "x");

        poll.clear();

        assertEquals(0, poll.add(second.readEnd()));
        assertFalse(poll.await(Duration.ZERO));
    }

    @Test
    void itGrowsAndKeepsWhatItWatches() throws ErrnoException {
        TestSockets.send(first.writeEnd(), "x");
        poll.add(first.readEnd());
        for (int i = 1; i < 100; i++) {
            assertEquals(i, poll.add(second.readEnd()));
        }

        assertTrue(poll.await(Duration.ofSeconds(30)));

        assertTrue(poll.isReady(0));
        assertFalse(poll.isReady(99));
    }

    @Test
    void aClosedDescriptorIsRefused() {
        Fd closed = first.readEnd();
        closed.close();

        assertThrows(IllegalStateException.class, () -> poll.add(closed));
    }
}
